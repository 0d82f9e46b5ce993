package maildrift.monitor.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.check.Look;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Scalars;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.detect.Survey;
import maildrift.probes.dns.DnsName;
import maildrift.probes.profile.Detected;
import maildrift.probes.profile.ProfileProblem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "detect",
    description = {
      "Which profiles a domain's DNS looks like, as configuration to paste.",
      "Asks for MX, SPF, and the keys, records and hosts that profiles speak of; says what matched"
          + " and what speaks against it."
    },
    footer = {"", "Example: maildrift detect contoso.tld > domains.d/contoso.yaml"})
final class DetectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DOMAIN", description = "Whose providers.")
  String domain = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "With the profiles of this configuration, too.")
  @Nullable Path config;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    var name = Arguments.domain(domain);
    var configuration = config == null ? MonitorConfig.DEFAULT : Configured.load(config);
    var profiles = configuration.profiles().all();
    try (var outside = Outside.open(common, configuration)) {
      var survey = Survey.of(name, profiles, outside.dns(Look.REGULAR), Outside.limit());
      var detected = survey.detected(profiles);
      if (common.json()) {
        System.out.println(json(survey, detected));
      } else {
        print(survey, detected);
      }
      return survey.unseen().isEmpty() ? Exit.OK : Exit.UNOBSERVED;
    }
  }

  private static void print(Survey survey, List<Detected> detected) {
    System.out.print(configuration(survey.domain(), detected));
    survey
        .unseen()
        .forEach(unseen -> System.err.println("could not look: " + Terminal.safe(unseen)));
    if (detected.isEmpty()) {
      System.err.println(
          survey.unseen().isEmpty()
              ? "%s looks like no profile that maildrift knows".formatted(survey.domain())
              : "whether %s looks like a profile cannot be said before that is answered"
                  .formatted(survey.domain()));
    }
  }

  /** What the configuration's reader takes; why it says so stands in comments. */
  static String configuration(DnsName domain, List<Detected> detected) {
    var lines = new ArrayList<String>();
    if (detected.isEmpty()) {
      return "";
    }
    lines.add("domains:");
    lines.add("  - name: " + Scalars.of(domain.toString()));
    var usable = detected.stream().filter(one -> problems(one).isEmpty()).toList();
    lines.add(usable.isEmpty() ? "    profiles: []" : "    profiles:");
    for (var one : detected) {
      lines.add(
          "      # %s, confidence %s"
              .formatted(comment(one.profile().title()), one.confidence().word()));
      one.because().forEach(why -> lines.add("      # + " + comment(why)));
      one.against().forEach(why -> lines.add("      # - " + comment(why)));
      unknownVariant(one).ifPresent(open -> lines.add("      # ? " + comment(open)));
      problems(one).forEach(problem -> lines.add("      # - " + comment(problem.message())));
      var item = "- " + Scalars.flow(item(one));
      lines.add("      " + (problems(one).isEmpty() ? item : "# " + item));
    }
    return String.join("\n", lines) + "\n";
  }

  /** Nothing that DNS says ends a comment. */
  private static String comment(String text) {
    return Arguments.shown(Terminal.safe(text), 300);
  }

  /** What the operator has to say himself. */
  private static Optional<String> unknownVariant(Detected one) {
    var variants = one.profile().variantsToChoose();
    return variants.isEmpty() || one.parameters().containsKey("variant")
        ? Optional.empty()
        : Optional.of(
            "variant %s: DNS does not show it"
                .formatted(
                    variants.size() == 1
                        ? variants.getFirst()
                        : String.join(", ", variants.subList(0, variants.size() - 1))
                            + " or "
                            + variants.getLast()));
  }

  private static List<ProfileProblem> problems(Detected one) {
    return one.profile().check(one.parameters());
  }

  private static Map<String, String> item(Detected one) {
    var item = new LinkedHashMap<String, String>();
    item.put("name", one.profile().name());
    item.putAll(one.parameters());
    item.put("role", one.role().word());
    return item;
  }

  private static String json(Survey survey, List<Detected> detected) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("domain", survey.domain().toString());
    facts.put("profiles", detected.stream().map(DetectCommand::facts).toList());
    facts.put("unseen", survey.unseen());
    facts.put("configuration", configuration(survey.domain(), detected));
    return CheckJson.value(facts);
  }

  private static Map<String, Object> facts(Detected one) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", one.profile().name());
    facts.put("role", one.role().word());
    facts.put("parameters", one.parameters());
    facts.put("confidence", one.confidence().word());
    facts.put("because", one.because());
    facts.put("against", one.against());
    facts.put("unknown", unknownVariant(one).stream().toList());
    return facts;
  }
}
