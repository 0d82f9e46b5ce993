package maildrift.monitor.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import maildrift.monitor.config.MonitorConfig.BaselineMode;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.Neighbourhood;

/**
 * Reads configurations. Loading never throws for what an operator wrote: the result is a whole
 * configuration, or every problem with its place.
 */
public final class ConfigLoader {
  private static final int MOST_FILES = 20_000;

  private final Vocabulary vocabulary;
  private final Map<String, String> environment;
  private final Overrides overrides;
  private final Optional<Credentials> credentials;

  /** With the environment of this process. */
  public ConfigLoader(Vocabulary vocabulary) {
    this(vocabulary, System.getenv());
  }

  /**
   * @param environment variables, for {@code ${env:NAME}} and for settings
   */
  public ConfigLoader(Vocabulary vocabulary, Map<String, String> environment) {
    this(vocabulary, environment, Overrides.NONE, Optional.empty());
  }

  private ConfigLoader(
      Vocabulary vocabulary,
      Map<String, String> environment,
      Overrides overrides,
      Optional<Credentials> credentials) {
    this.vocabulary = vocabulary;
    this.environment = environment;
    this.overrides = overrides;
    this.credentials = credentials;
  }

  /** The same, with the command line's word over everything that it reads. */
  public ConfigLoader overriding(Overrides value) {
    return new ConfigLoader(vocabulary, environment, value, credentials);
  }

  /**
   * The same for a command that runs beside the daemon's unit and without {@code
   * CREDENTIALS_DIRECTORY}: what systemd gives to the unit alone is read where systemd keeps it,
   * and where that may not be, it is a warning that {@link #isOfTheUnit} knows.
   *
   * @param directory where the credentials of the unit are while it runs
   */
  public ConfigLoader besideTheUnit(Path directory) {
    if (environment.containsKey(Credentials.VARIABLE)) {
      return this;
    }
    var all = new HashMap<>(environment);
    all.put(Credentials.VARIABLE, directory.toString());
    return new ConfigLoader(
        vocabulary, Map.copyOf(all), overrides, Optional.of(new Credentials(directory)));
  }

  /** Whether a warning is of a file that only the daemon's unit can read. */
  public static boolean isOfTheUnit(Problem warning) {
    return warning.message().contains(Credentials.VARIABLE);
  }

  /** What came of it. */
  public sealed interface Result {

    /** Everything that was looked at, to know when to look again. */
    ConfigFiles files();

    /** What is allowed and probably not meant. */
    List<Problem> warnings();
  }

  /** The configuration may be put in force. */
  public record Loaded(MonitorConfig config, ConfigFiles files, List<Problem> warnings)
      implements Result {
    public Loaded {
      warnings = List.copyOf(warnings);
    }
  }

  /** The configuration must not be used; never without a problem. */
  public record Rejected(List<Problem> problems, ConfigFiles files, List<Problem> warnings)
      implements Result {
    public Rejected {
      problems = List.copyOf(problems);
      warnings = List.copyOf(warnings);
    }
  }

  /** What came of reading a single domain. */
  public sealed interface DomainResult {
    /** It may be checked. */
    record Accepted(ManagedDomain domain) implements DomainResult {}

    /** Never without a problem. */
    record Refused(List<Problem> problems) implements DomainResult {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads a file and what it includes; problems name it as it is named here. What environment
   * variables and the command line say takes the place of what the files say.
   */
  public Result load(Path file) {
    return load().result(file);
  }

  /**
   * What came of it, and the same as one YAML document.
   *
   * @param yaml with every default and without a secret; empty where the configuration is rejected
   */
  public record Shown(Result result, Optional<String> yaml) {}

  /** As {@link #load}, to show what is in force: files together, environment, command line. */
  public Shown show(Path file) {
    var load = load();
    var result = load.result(file);
    return new Shown(
        result,
        result instanceof Loaded
            ? Optional.of(Effective.yaml(load.roots, load.settings, overrides))
            : Optional.empty());
  }

  private Load load() {
    return new Load(Reading.ofFiles(environment, credentials));
  }

  /**
   * Reads one domain as an item of {@code domains}, YAML or JSON, against a configuration in force.
   * The text may come over the network: it can name neither files nor environment variables.
   */
  public DomainResult domain(String text, MonitorConfig config) {
    var reading = Reading.ofRequest();
    var source = new Place.Source("domain", Path.of("domain"));
    var reader = new DomainReader(reading, vocabulary, config.declarations());
    var domain =
        Yaml.read(source, text, reading::problem).flatMap(node -> reader.domain(node, "domains[]"));
    if (domain.isEmpty() && !reading.hasProblems()) {
      reading.problem(source.start(), "nothing here; expected a domain");
    }
    return result(reading, domain);
  }

  /** A domain that is not configured, as {@code check DOMAIN --profile …} wants it. */
  public DomainResult adHoc(DnsName name, List<ProfileUse> profiles, MonitorConfig config) {
    var reading = Reading.ofRequest();
    var reader = new DomainReader(reading, vocabulary, config.declarations());
    var place = new Place.Source("--profile", Path.of("--profile")).start();
    return result(reading, Optional.of(reader.adHoc(name, profiles, place)));
  }

  private DomainResult result(Reading reading, Optional<ManagedDomain> domain) {
    return reading.hasProblems()
        ? new DomainResult.Refused(reading.problems())
        : new DomainResult.Accepted(overrides.over(domain.orElseThrow()));
  }

  /** For the schema's test: every key that a configuration may have, by where it stands. */
  Map<String, Set<String>> keys(Path file) {
    var reading = Reading.ofFiles(environment);
    var result = new Load(reading).result(file);
    if (result instanceof Rejected rejected) {
      throw new IllegalArgumentException(rejected.problems().toString());
    }
    return reading.keys();
  }

  /** One reading of one file and its includes. */
  private final class Load {
    private final Reading reading;
    private final List<Section> roots = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();
    private final EnvironmentSettings settings = new EnvironmentSettings(environment);

    Load(Reading reading) {
      this.reading = reading;
    }

    Result result(Path file) {
      var source = new Place.Source(file.toString(), file.toAbsolutePath().normalize());
      open(source, source.start());
      var config = config(source);
      settings.unknown().forEach(unknown -> reading.warning(unknown));
      return reading.hasProblems()
          ? new Rejected(reading.problems(), reading.files(), reading.warnings())
          : new Loaded(overrides.over(config), reading.files(), reading.warnings());
    }

    private void open(Place.Source source, Place named) {
      if (!seen.add(source.path())) {
        return; // Two patterns may match the same file; a file may even include itself.
      }
      if (seen.size() > MOST_FILES) {
        reading.problem(named, "more than %d files are included".formatted(MOST_FILES));
        return;
      }
      var text =
          reading.file(
              source, named, roots.isEmpty() ? "" : "include", Reading.LARGEST_CONFIGURATION);
      if (text.isEmpty()) {
        return;
      }
      Yaml.read(source, text.get(), reading::problem)
          .map(node -> Section.of(reading, "", "", node))
          .ifPresent(
              root -> {
                roots.add(root);
                root.oneOrMore("include").forEach(this::include);
              });
    }

    private void include(Text written) {
      var source = written.place().source();
      var pattern = written.value();
      var firstWild = firstWild(pattern);
      if (firstWild < 0) {
        open(source.sibling(pattern), written.place());
        return;
      }
      var slash = pattern.lastIndexOf('/', firstWild);
      var folder = slash < 0 ? "" : pattern.substring(0, slash + 1);
      var base = source.sibling(folder.isEmpty() ? "." : folder);
      if (!Files.isDirectory(base.path())) {
        reading.problem(
            written.place(), "include: there is no folder '%s'".formatted(Words.shortened(folder)));
        return;
      }
      try {
        var listing = ConfigFiles.Listing.of(base.path(), pattern.substring(slash + 1));
        reading.listed(listing);
        if (listing.found().isEmpty()) {
          reading.warning(
              written.place(), "include: no file matches %s".formatted(written.shown()));
        }
        listing.found().stream()
            .map(found -> source.sibling(folder + base.path().relativize(found)))
            .forEach(found -> open(found, written.place()));
      } catch (IOException | PatternSyntaxException failed) {
        reading.problem(
            written.place(), "include: %s: %s".formatted(written.shown(), failed.getMessage()));
      }
    }

    private static int firstWild(String pattern) {
      for (var i = 0; i < pattern.length(); i++) {
        if ("*?[{".indexOf(pattern.charAt(i)) >= 0) {
          return i;
        }
      }
      return -1;
    }

    private MonitorConfig config(Place.Source main) {
      var settings = new SettingsReader(reading);
      var declared = new DeclarationsReader(reading, vocabulary);
      var smtp = settings.smtp(only("smtp", main));
      var declarations = declared.read(roots, smtp.port());
      var domainReader = new DomainReader(reading, vocabulary, declarations);
      var written = domainReader.domains(roots);
      declared.warn(written.stream().map(ManagedDomain::name).collect(Collectors.toSet()));
      var known = new KnownDomains(reading, written);
      var domains =
          new MigrationsReader(reading, domainReader, known, declarations.checklists().names())
              .migrated(roots, written);
      var daemon = daemon(settings, smtp, declarations.tenants().keySet(), main);
      var baseline = baseline();
      var told = only("alerts", main);
      var alerts = new AlertsReader(reading, vocabulary, declarations).read(told);
      if (told.has("receivers") && daemon.http().externalUrl().isEmpty()) {
        warnOfLinks(told.placeOf("receivers"), daemon.http());
      }
      var maintenance =
          new MaintenanceReader(
                  reading,
                  known,
                  new MatcherReader(reading, vocabulary, declarations),
                  declarations)
              .read(roots);
      var discovery = new DiscoveryReader(reading).read(roots);
      roots.forEach(Section::end);
      return new MonitorConfig(
          daemon,
          declarations,
          alerts,
          baseline,
          Neighbourhood.settled(domains),
          maintenance,
          discovery);
    }

    private DaemonConfig daemon(
        SettingsReader settings, SmtpConfig smtp, Set<String> tenants, Place.Source main) {
      return new DaemonConfig(
          settings.dns(only("dns", main)),
          smtp,
          settings.https(only("https", main)),
          settings.feeds(only("feeds", main)),
          settings.http(only("http", main), tenants),
          settings.store(only("store", main)),
          settings.schedule(only("schedule", main)),
          settings.metrics(only("metrics", main)));
    }

    /** Whoever reads a message elsewhere clicks on what only this machine can reach. */
    private void warnOfLinks(Place place, HttpConfig http) {
      var isEverywhere = http.listen().literal().map(InetAddress::isAnyLocalAddress).orElse(false);
      if (http.listen().isLoopback() || isEverywhere) {
        reading.warning(
            place,
            "links in messages lead to %s, where their readers find nothing; set http.external_url to the page's address as people reach it, such as https://maildrift.example.net/"
                .formatted(http.listen()));
      }
    }

    /** A section of the daemon's own; only one file may have it. */
    private Section only(String key, Place.Source main) {
      var having = roots.stream().filter(root -> root.has(key)).toList();
      having.stream()
          .skip(1)
          .forEach(
              other ->
                  reading.problem(
                      other.placeOf(key),
                      "'%s' is set in two files; first at %s"
                          .formatted(key, having.getFirst().placeOf(key))));
      var section =
          having.isEmpty()
              ? Section.of(reading, key, key, new Node.Mapping(main.start(), List.of()))
              : having.getFirst().section(key);
      return section.with(settings.of(key));
    }

    private BaselineMode baseline() {
      var having = roots.stream().filter(root -> root.has("baseline")).toList();
      having.stream()
          .skip(1)
          .forEach(
              other ->
                  reading.problem(
                      other.placeOf("baseline"),
                      "'baseline' is set in two files; first at %s"
                          .formatted(having.getFirst().placeOf("baseline"))));
      return settings
          .baseline()
          .map(
              entry ->
                  Section.of(reading, "", "", new Node.Mapping(entry.place(), List.of()))
                      .with(List.of(entry)))
          .or(() -> having.stream().findFirst())
          .flatMap(root -> root.choice("baseline", BaselineMode.values(), BaselineMode::word))
          .orElse(BaselineMode.FIRST);
    }
  }
}
