package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.domain.Role;
import maildrift.probes.profile.Profile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "profiles",
    description = {
      "What providers and gateways prescribe.",
      "The built-in profiles, and those of a configuration."
    },
    footer = {"", "Examples:", "  maildrift profiles", "  maildrift profiles mimecast"})
final class ProfilesCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "NAME", description = "One profile in detail.")
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
      page(
          catalog
              .named(name)
              .orElseThrow(() -> new Failure(catalog.unknown(String.valueOf(name)))));
    }
    return Exit.OK;
  }

  private void line(Profile profile) {
    if (common.json()) {
      System.out.println(json(profile));
    } else {
      System.out.println("%-18s %s".formatted(profile.name(), Terminal.safe(profile.title())));
    }
  }

  private void page(Profile profile) {
    if (common.json()) {
      System.out.println(json(profile));
      return;
    }
    var out = common.terminal();
    out.line(out.bold(profile.name()) + "  " + Terminal.safe(profile.title()));
    out.line("  roles: " + String.join(", ", profile.roles().stream().map(Role::word).toList()));
    profile
        .parameters()
        .forEach(
            (parameter, about) ->
                out.line(
                    "  parameter %s%s: %s"
                        .formatted(
                            parameter,
                            about.required() ? " (required)" : "",
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

  private static String json(Profile profile) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("profile", profile.name());
    facts.put("title", profile.title());
    facts.put("roles", profile.roles().stream().map(Role::word).toList());
    facts.put("parameters", profile.parameters().keySet());
    facts.put("regions", profile.regions());
    facts.put("variants", profile.variants());
    facts.put("notes", profile.notes());
    return CheckJson.value(facts);
  }
}
