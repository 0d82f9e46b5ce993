package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.domain.Role;
import maildrift.probes.profile.Evidence;
import maildrift.probes.profile.Profile;
import maildrift.probes.profile.ProfileCatalog;
import maildrift.probes.profile.ProfileProblem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "profiles",
    description = {
      "What providers and gateways prescribe.",
      "The built-in profiles, and those of a configuration; of one profile everything it says, for"
          + " each region and variant, with where it comes from."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift profiles",
      "  maildrift profiles mail-connect",
      "  maildrift profiles mimecast:region=za"
    })
final class ProfilesCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME[:PARAMETER=VALUE,…]",
      description = "One profile in detail, or one choice of it.")
  @Nullable String name;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "With the profiles of this configuration.")
  @Nullable Path config;

  @Mixin OutputOptions common = new OutputOptions();

  @Override
  public Integer call() {
    common.begin();
    var catalog = (config == null ? MonitorConfig.DEFAULT : Configured.load(config)).profiles();
    if (name == null) {
      catalog.all().forEach(this::line);
    } else {
      page(use(name), catalog);
    }
    return Exit.OK;
  }

  private static ProfileUse use(String written) {
    try {
      return ProfileUse.parse(written);
    } catch (IllegalArgumentException wrong) {
      throw new Failure(String.valueOf(wrong.getMessage()));
    }
  }

  private void line(Profile profile) {
    if (common.json()) {
      System.out.println(json(profile, Map.of(), false));
    } else {
      System.out.println(
          "%-24s %-14s %-28s %s"
              .formatted(
                  profile.name(),
                  confidence(profile),
                  roles(profile),
                  Terminal.safe(profile.title())));
    }
  }

  private static String roles(Profile profile) {
    return profile.roles().stream().map(Role::word).collect(Collectors.joining(", "));
  }

  /** From the surest to the least sure of what it says, over all its regions. */
  private static String confidence(Profile profile) {
    var all =
        ProfileChoice.all(profile, Map.of()).stream()
            .flatMap(choice -> profile.evidence(complete(profile, choice.given())).stream())
            .map(Evidence::confidence)
            .sorted()
            .distinct()
            .toList();
    return all.isEmpty()
        ? "-"
        : all.size() == 1
            ? all.getFirst().word()
            : all.getFirst().word() + " to " + all.getLast().word();
  }

  private void page(ProfileUse use, ProfileCatalog catalog) {
    var profile =
        catalog.named(use.name()).orElseThrow(() -> new Failure(catalog.unknown(use.name())));
    for (var choice : ProfileChoice.all(profile, use.parameters())) {
      var problems = profile.check(choice.given());
      if (!problems.isEmpty() && !isOnlyIncomplete(profile, choice)) {
        throw new Failure(
            problems.stream().map(ProfileProblem::message).collect(Collectors.joining("\n")));
      }
    }
    if (common.json()) {
      System.out.println(json(profile, use.parameters(), true));
      return;
    }
    head(profile);
    ProfileChoice.all(profile, use.parameters()).forEach(this::choice);
  }

  /** Nobody who asks what a profile is knows its parameters yet. */
  private static boolean isOnlyIncomplete(Profile profile, ProfileChoice choice) {
    return profile.check(complete(profile, choice.given())).isEmpty();
  }

  private static Map<String, String> complete(Profile profile, Map<String, String> given) {
    var whole = new LinkedHashMap<>(given);
    profile
        .parameters()
        .forEach(
            (key, about) -> {
              if (about.required()) {
                whole.putIfAbsent(key, "example");
              }
            });
    return whole;
  }

  private void head(Profile profile) {
    var out = common.terminal();
    out.line(out.bold(profile.name()) + "  " + Terminal.safe(profile.title()));
    out.line("  roles: " + roles(profile));
    out.line("  confidence: " + confidence(profile));
    profile
        .parameters()
        .forEach(
            (parameter, about) ->
                out.line(
                    "  parameter %s%s%s: %s"
                        .formatted(
                            parameter,
                            about.required() ? " (required)" : "",
                            about
                                .otherwise()
                                .map(text -> " (default %s)".formatted(Terminal.safe(text)))
                                .orElse(""),
                            Terminal.safe(about.why()))));
    profile
        .regions()
        .forEach(
            (region, title) -> out.line("  region %s: %s".formatted(region, Terminal.safe(title))));
    profile
        .variants()
        .forEach(
            (variant, title) ->
                out.line("  variant %s: %s".formatted(variant, Terminal.safe(title))));
    if (!profile.notes().isBlank()) {
      out.line();
      out.line("  " + Terminal.safeLines(profile.notes().strip(), "  "));
    }
  }

  private void choice(ProfileChoice choice) {
    var out = common.terminal();
    var whole = new ProfileChoice(choice.profile(), complete(choice.profile(), choice.given()));
    out.line();
    out.line("  " + out.bold(Terminal.safe(choice.title().isEmpty() ? "always" : choice.title())));
    whole
        .lines()
        .forEach(
            (label, lines) -> {
              var prefix = label + ":";
              for (var line : lines) {
                out.line("    %-16s %s".formatted(prefix, Terminal.safe(line)));
                prefix = "";
              }
            });
    out.line("    %-16s %s".formatted("to paste:", Terminal.safe(choice.configuration())));
  }

  private static String json(Profile profile, Map<String, String> given, boolean isWhole) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("profile", profile.name());
    facts.put("title", profile.title());
    facts.put("roles", profile.roles().stream().map(Role::word).toList());
    facts.put("confidence", confidence(profile));
    facts.put("parameters", profile.parameters().keySet());
    facts.put("regions", profile.regions());
    facts.put("variants", profile.variants());
    facts.put("notes", profile.notes());
    if (isWhole) {
      facts.put(
          "choices",
          ProfileChoice.all(profile, given).stream()
              .map(choice -> new ProfileChoice(profile, complete(profile, choice.given())).facts())
              .toList());
    }
    return CheckJson.value(facts);
  }
}
