package maildrift.probes.profile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Profiles by name: the built-in ones, and the operator's own beside or in place of them. */
public final class ProfileCatalog {

  private static final List<String> BUILT_IN =
      List.of(
          "mimecast",
          "seppmail",
          "seppmail-cloud",
          "mail-connect",
          "microsoft365",
          "google-workspace",
          "proofpoint",
          "proofpoint-essentials",
          "barracuda",
          "cisco",
          "hornetsecurity",
          "nospamproxy-cloud",
          "sophos",
          "trend-micro",
          "retarus",
          "cloudflare-area1",
          "cloudflare-email-routing",
          "fortimail-cloud",
          "symantec",
          "appriver");

  private final Map<String, Profile> profiles;

  private ProfileCatalog(Map<String, Profile> profiles) {
    this.profiles = Collections.unmodifiableMap(new LinkedHashMap<>(profiles));
  }

  public static ProfileCatalog of(Collection<Profile> profiles) {
    var byName = new LinkedHashMap<String, Profile>();
    profiles.forEach(profile -> byName.put(profile.name(), profile));
    return new ProfileCatalog(byName);
  }

  /** Those that come with maildrift; read once. */
  public static ProfileCatalog builtIn() {
    return BuiltIn.CATALOG;
  }

  /**
   * Reads one profile from YAML.
   *
   * @param source named in messages
   * @throws IllegalArgumentException with one line a problem, {@code SOURCE:LINE:COLUMN: message}
   */
  public static Profile read(String name, String source, InputStream yaml) {
    var document = ProfileYaml.read(source, yaml);
    var read = Profile.read(name, document.data());
    return read.profile()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    read.problems().stream()
                        .map(problem -> document.at(problem.path()) + ": " + problem.message())
                        .collect(Collectors.joining("\n"))));
  }

  /** With these too; one of the same name takes the place of the one that was there. */
  public ProfileCatalog plus(Collection<Profile> more) {
    var all = new ArrayList<>(profiles.values());
    all.addAll(more);
    return of(all);
  }

  public Optional<Profile> named(String name) {
    return Optional.ofNullable(profiles.get(name));
  }

  public Collection<Profile> all() {
    return profiles.values();
  }

  /** What to say of a name that is none: the nearest one, or all. */
  public String unknown(String name) {
    var nearest = Nearest.to(name, profiles.keySet());
    return "there is no profile '%s'%s"
        .formatted(
            name,
            nearest
                .map("; did you mean '%s'?"::formatted)
                .orElseGet(() -> "; known: " + Profile.list(profiles.keySet())));
  }

  private static final class BuiltIn {
    static final ProfileCatalog CATALOG = of(BUILT_IN.stream().map(BuiltIn::load).toList());

    private static Profile load(String name) {
      var file = "/profiles/" + name + ".yaml";
      try (var yaml = ProfileCatalog.class.getResourceAsStream(file)) {
        if (yaml == null) {
          throw new IllegalStateException(file + " is not in this distribution");
        }
        return read(name, file.substring(1), yaml);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
