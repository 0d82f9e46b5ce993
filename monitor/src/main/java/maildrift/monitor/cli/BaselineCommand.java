package maildrift.monitor.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import maildrift.monitor.json.CheckJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "baseline",
    description = "The accepted state of a domain's records, in a running daemon.",
    subcommands = {BaselineCommand.Show.class, BaselineCommand.Accept.class},
    footer = {
      "",
      "Examples:",
      "  maildrift baseline show contoso.tld",
      "  maildrift baseline accept contoso.tld",
      "  maildrift baseline accept --record \"de._netblocks.mimecast.com netblocks\""
    })
final class BaselineCommand {

  @Command(name = "show", description = "Print what is accepted.")
  static final class Show implements Callable<Integer> {
    @Parameters(paramLabel = "DOMAIN", description = "A managed domain.")
    String domain = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var baseline = client.get("/api/v1/domains/" + Arguments.domain(domain) + "/baseline");
      if (client.json()) {
        System.out.println(baseline);
        return Exit.OK;
      }
      System.out.println(
          "%s, accepted %s by %s"
              .formatted(
                  baseline.path("domain").asString(""),
                  Arguments.instant(baseline.path("acceptedAt").asString("")),
                  Terminal.safe(baseline.path("acceptedBy").asString(""))));
      baseline
          .path("records")
          .properties()
          .forEach(
              record ->
                  System.out.println(
                      "  "
                          + Terminal.safe(record.getKey())
                          + ": "
                          + Terminal.safe(record.getValue().asString(""))));
      return Exit.OK;
    }
  }

  @Command(
      name = "accept",
      description = {
        "Take the records as they are now for the baseline.",
        "With --record one record that many domains share, for all of them at once."
      })
  static final class Accept implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "DOMAIN", description = "A managed domain.")
    @Nullable String domain;

    @Option(
        names = "--record",
        paramLabel = "RECORD",
        description = "A shared record as its finding names it, e.g. \"_spf.example.net SPF\".")
    @Nullable String record;

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var name = domain;
      var shared = record;
      if ((name == null) == (shared == null)) {
        throw new Failure("accept takes a DOMAIN, or --record with a record that domains share");
      }
      if (shared != null) {
        return accept(shared);
      }
      var state =
          client.post(
              "/api/v1/domains/" + Arguments.domain(String.valueOf(name)) + "/accept", null);
      System.out.println(
          client.json()
              ? state.toString()
              : "accepted; %s is %s"
                  .formatted(
                      state.path("domain").asString(""), state.path("verdict").asString("")));
      return Exit.OK;
    }

    private int accept(String shared) {
      var accepted =
          client.post("/api/v1/records/accept", CheckJson.value(Map.of("record", shared)));
      var domains = accepted.path("accepted").asInt(0);
      System.out.println(
          client.json()
              ? accepted.toString()
              : "accepted %s for %d domain%s, which are looked at now"
                  .formatted(Terminal.safe(shared), domains, domains == 1 ? "" : "s"));
      return Exit.OK;
    }
  }
}
