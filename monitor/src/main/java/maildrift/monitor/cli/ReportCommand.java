package maildrift.monitor.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.report.Assessment;
import maildrift.monitor.report.Frameworks;
import maildrift.monitor.report.ReportCsv;
import maildrift.monitor.report.ReportHtml;
import maildrift.monitor.report.ReportJson;
import maildrift.probes.domain.ManagedDomain;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    description = {
      "Look at domains once, now, and say which demands of which framework they meet: Internet.nl, NIST SP 800-177r1,"
          + " BSI TR-03108 and TR-03182, BOD 18-01, and the bulk-sender rules of Google, Yahoo and Microsoft.",
      "Each demand is pass, fail, unknown or waived, with what shows it and when it was seen. html is one document that"
          + " needs nothing else and prints well; json is one object a line and domain, csv a row a demand."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift report contoso.tld --selector default > contoso.html",
      "  maildrift report --config maildrift.yml --tenant contoso --format csv",
      "  maildrift report contoso.tld --framework internet.nl --format json"
    })
final class ReportCommand implements Callable<Integer> {
  @Parameters(arity = "0..*", paramLabel = "DOMAIN", description = "What to look at.")
  List<String> domains = List.of();

  @Option(
      names = "--tenant",
      paramLabel = "TENANT",
      description = "All domains of this tenant of the configuration.")
  @Nullable String tenant;

  @Option(
      names = "--framework",
      split = ",",
      paramLabel = "ID",
      description = "Only these frameworks, e.g. internet.nl (default: all).")
  List<String> frameworks = List.of();

  @Option(names = "--format", paramLabel = "html|json|csv", description = "Default: html.")
  String format = "html";

  @Mixin DomainOptions known = new DomainOptions();

  @Mixin NetworkOptions network = new NetworkOptions();

  @Mixin ProbeOptions probes = new ProbeOptions();

  @Mixin TerminalOptions terminal = new TerminalOptions();

  @Override
  public Integer call() {
    terminal.begin();
    if (!List.of("html", "json", "csv").contains(format)) {
      throw new Failure("--format is html, json or csv, not '" + format + "'");
    }
    var table = chosen(Frameworks.shipped());
    var configuration = known.configuration();
    var wanted = wanted(configuration);
    var progress = Progress.standard();
    wanted.forEach(_ -> progress.found());
    progress.foundAll();
    var all = new ArrayList<Assessment>();
    var exit = new int[] {Exit.OK};
    try (var outside = Outside.open(network, configuration)) {
      var runner = outside.runner();
      var lists = new FetchedLists(configuration);
      var choice = probes.choice();
      var rest = wanted.iterator();
      if (format.equals("csv")) {
        System.out.print(ReportCsv.head());
      }
      InOrder.run(
          () -> rest.hasNext() ? Optional.of(rest.next()) : Optional.empty(),
          CheckCommand.PARALLEL,
          domain -> Assessment.of(lists.look(runner, domain, choice), runner.probes(), table),
          new InOrder.Sink<Assessment>() {
            @Override
            public boolean take(Assessment assessment) {
              var result = assessment.result();
              exit[0] = Exit.worst(exit[0], Exit.of(result.findings(), result.gaps()));
              switch (format) {
                case "json" -> System.out.println(ReportJson.line(assessment));
                case "csv" -> System.out.print(ReportCsv.rows(assessment));
                default -> all.add(assessment);
              }
              progress.step();
              return !System.out.checkError();
            }

            @Override
            public void idle() {
              progress.show();
            }
          });
    }
    progress.clear();
    if (format.equals("html")) {
      System.out.print(new ReportHtml(Version.TEXT).document(all, title(all), Instant.now()));
    }
    return exit[0];
  }

  private String title(List<Assessment> all) {
    if (tenant != null) {
      return "Mail compliance of " + tenant;
    }
    return all.size() == 1
        ? "Mail compliance of " + all.getFirst().result().domain().name().unicode()
        : "Mail compliance of %d domains".formatted(all.size());
  }

  private Frameworks chosen(Frameworks table) {
    var ids = table.all().stream().map(framework -> framework.id()).toList();
    frameworks.stream()
        .filter(id -> !ids.contains(id))
        .findFirst()
        .ifPresent(
            id -> {
              throw new Failure(
                  "--framework: there is no '%s'; there are %s"
                      .formatted(id, String.join(", ", ids)));
            });
    return frameworks.isEmpty()
        ? table
        : new Frameworks(
            table.all().stream().filter(framework -> frameworks.contains(framework.id())).toList(),
            table.events());
  }

  private List<ManagedDomain> wanted(MonitorConfig configuration) {
    if (tenant != null && !domains.isEmpty()) {
      throw new Failure("name domains or a --tenant, not both");
    }
    if (!domains.isEmpty()) {
      return domains.stream()
          .map(written -> known.managed(Arguments.domain(written), configuration))
          .toList();
    }
    var all =
        configuration.domains().stream()
            .filter(domain -> tenant == null || domain.tenant().id().equals(tenant))
            .toList();
    if (all.isEmpty()) {
      throw new Failure(
          tenant == null
              ? "no domain: name one, or give --config with managed domains"
              : "no domain of tenant '%s' in the configuration; there are %s"
                  .formatted(
                      tenant,
                      configuration.domains().stream()
                          .map(domain -> domain.tenant().id())
                          .filter(id -> !id.isEmpty())
                          .distinct()
                          .sorted()
                          .toList()));
    }
    return all;
  }
}
