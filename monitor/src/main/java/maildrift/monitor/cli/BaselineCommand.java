package maildrift.monitor.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "baseline",
    description = "The accepted state of a domain's records, in a running daemon.",
    subcommands = {BaselineCommand.Show.class, BaselineCommand.Accept.class},
    footer = {
      "",
      "Examples:",
      "  maildrift baseline show contoso.tld",
      "  maildrift baseline accept contoso.tld"
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

  @Command(name = "accept", description = "Take the records as they are now for the baseline.")
  static final class Accept implements Callable<Integer> {
    @Parameters(paramLabel = "DOMAIN", description = "A managed domain.")
    String domain = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var state = client.post("/api/v1/domains/" + Arguments.domain(domain) + "/accept", null);
      System.out.println(
          client.json()
              ? state.toString()
              : "accepted; %s is %s"
                  .formatted(
                      state.path("domain").asString(""), state.path("verdict").asString("")));
      return Exit.OK;
    }
  }
}
