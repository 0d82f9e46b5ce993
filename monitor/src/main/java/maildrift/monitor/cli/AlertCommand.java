package maildrift.monitor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import maildrift.alerts.notify.Tools;
import maildrift.alerts.notify.Trial;
import maildrift.monitor.config.Words;
import maildrift.monitor.json.CheckJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Command(
    name = "alert",
    description = {
      "Alerts of a running daemon.",
      "List them, take them, test a receiver, ask where an alert would go and why."
    },
    subcommands = {
      AlertList.class,
      AlertCommand.Acknowledge.class,
      AlertCommand.Unacknowledge.class,
      AlertCommand.Test.class,
      AlertCommand.Route.class,
      AlertOutboxCommands.Receivers.class,
      AlertOutboxCommands.Waiting.class,
      AlertOutboxCommands.Move.class,
      AlertOutboxCommands.DropOwed.class,
      AlertOutboxCommands.Dead.class,
      AlertOutboxCommands.Enable.class
    },
    footer = {
      "",
      "Examples:",
      "  maildrift alert list",
      "  maildrift alert list severity=critical tenant=~'con.*'",
      "  maildrift alert ack 6f1c09d2 --comment 'on it'",
      "  maildrift alert ack domain=contoso.tld alertname=~'tls.*'",
      "  maildrift alert test oncall",
      "  maildrift alert test oncall --resolved --config /etc/maildrift/maildrift.yml",
      "  maildrift alert owed oncall",
      "  maildrift alert dead retry --receiver oncall",
      "  maildrift alert route --domain contoso.tld --rule netblocks.missing",
      "  maildrift alert route severity=critical domain=contoso.tld"
    })
final class AlertCommand {

  @Command(
      name = "ack",
      description = {
        "Take alerts: they are not repeated and not escalated.",
        "By their fingerprints, of which as much will do as tells them apart (at least six digits),",
        "or all that fire now and match all matchers."
      })
  static final class Acknowledge implements Callable<Integer> {
    @Parameters(
        arity = "1..*",
        paramLabel = "FINGERPRINT|LABEL=VALUE",
        description = "Fingerprints, or matchers as amtool has them: =, !=, =~ and !~.")
    List<String> alerts = List.of();

    @Option(names = "--comment", paramLabel = "TEXT", description = "What you do about it.")
    String comment = "";

    @Option(
        names = {"--by", "--author"},
        paramLabel = "NAME",
        description = "Who (default: the caller's name).")
    String by = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      if (Fingerprints.areMeant(alerts)) {
        for (var fingerprint : whole(client, alerts)) {
          var answer =
              client.post(
                  "/api/v1/alerts/" + fingerprint + "/ack",
                  CheckJson.text(
                      json -> {
                        json.writeStartObject();
                        person(json);
                        json.writeEndObject();
                      }));
          System.out.println(
              client.json()
                  ? answer.toString()
                  : Terminal.safe(
                      "%s is taken by %s".formatted(fingerprint, answer.path("by").asString(""))));
        }
        return Exit.OK;
      }
      return matching();
    }

    private int matching() {
      var answer =
          client.post(
              "/api/v1/alerts/ack",
              CheckJson.text(
                  json -> {
                    json.writeStartObject();
                    SilenceCommand.matchers(json, alerts);
                    person(json);
                    json.writeEndObject();
                  }));
      if (client.json()) {
        System.out.println(answer);
      } else {
        answer
            .path("acknowledged")
            .forEach(one -> System.out.println(Terminal.safe(one.asString("") + " is taken")));
      }
      if (answer.path("acknowledged").isEmpty()) {
        throw new Failure("no alert that fires matches");
      }
      return Exit.OK;
    }

    private void person(JsonGenerator json) {
      json.writeStringProperty("comment", comment);
      if (!by.isEmpty()) {
        json.writeStringProperty("by", by);
      }
    }
  }

  @Command(name = "unack", description = "Give alerts back: they are repeated and escalated again.")
  static final class Unacknowledge implements Callable<Integer> {
    @Parameters(
        arity = "1..*",
        paramLabel = "FINGERPRINT",
        description = "As alert list prints them.")
    List<String> fingerprints = List.of();

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      for (var fingerprint : whole(client, fingerprints)) {
        client.delete("/api/v1/alerts/" + fingerprint + "/ack");
      }
      return Exit.OK;
    }
  }

  private static List<String> whole(ClientOptions client, List<String> words) {
    return Fingerprints.whole(
        words,
        () ->
            client.list("/api/v1/alerts").stream()
                .map(alert -> alert.path("fingerprint").asString(""))
                .toList());
  }

  @Command(
      name = "test",
      description = {
        "Send a real sample to a receiver, once, past routes and silences.",
        "It prints what the receiver answered. With --config no daemon is needed."
      })
  static final class Test implements Callable<Integer> {
    @Parameters(paramLabel = "RECEIVER", description = "Its name in the configuration.")
    String receiver = "";

    @Option(
        names = "--resolved",
        description =
            "Say that the trouble of the last test is over, as receivers that hear of it do.")
    boolean isOver;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Send it from here, with the receivers of this configuration.")
    @Nullable Path config;

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      if (config != null) {
        return tried(config);
      }
      var answer =
          client.post(
              "/api/v1/receivers/" + encoded(receiver) + "/test" + (isOver ? "?resolved=true" : ""),
              null);
      return say(
          answer,
          answer.path("outcome").asString(""),
          answer.path("answers").valueStream().map(one -> one.asString("")).toList());
    }

    private int tried(Path file) {
      var settings = Configured.load(file);
      var chosen = settings.alerts().receivers().get(receiver);
      if (chosen == null) {
        throw new Failure(
            "there is no receiver '%s' in %s%s"
                .formatted(
                    Arguments.shown(receiver, 80),
                    file,
                    Words.near(receiver, settings.alerts().receivers().keySet())
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")));
      }
      var trial =
          Trial.of(
              receiver,
              chosen,
              Tools.standard(InstantSource.system()),
              settings.http().page(),
              isOver);
      var json = JsonMapper.shared().createObjectNode();
      json.put("receiver", receiver);
      json.put("outcome", trial.outcome());
      trial.answers().forEach(json.putArray("answers")::add);
      return say(json, trial.outcome(), trial.answers());
    }

    private int say(JsonNode json, String outcome, List<String> answers) {
      if (client.json()) {
        System.out.println(json);
      } else {
        System.out.println(Terminal.safe(receiver + ": " + outcome));
        answers.forEach(answer -> System.out.println(Terminal.safe("  " + answer)));
      }
      return outcome.equals("delivered") ? Exit.OK : Exit.FINDINGS;
    }
  }

  @Command(
      name = "route",
      description = {
        "Who would hear of an alert, and why: every route in its order, with the matcher that fails,",
        "the group, its times and hours, and what would keep it from being told now.",
        "Name its labels by options, or as amtool does: severity=critical domain=contoso.tld."
      })
  static final class Route implements Callable<Integer> {
    @Parameters(
        arity = "0..*",
        paramLabel = "LABEL=VALUE",
        description = "A label of the alert: alertname (the rule), domain, severity, tenant, …")
    List<String> labels = List.of();

    @Option(
        names = "--domain",
        paramLabel = "DOMAIN",
        description = "Of this domain (its tenant's labels count).")
    @Nullable String domain;

    @Option(names = "--rule", paramLabel = "RULE", description = "Of this rule.")
    @Nullable String rule;

    @Option(
        names = "--severity",
        paramLabel = "SEVERITY",
        description = "With this severity (default: the rule's).")
    @Nullable String severity;

    @Mixin ClientOptions client = new ClientOptions();

    private Map<String, String> labels() {
      var all = new LinkedHashMap<String, String>();
      for (var label : labels) {
        var equals = label.indexOf('=');
        if (equals <= 0
            || "!~".indexOf(label.charAt(equals - 1)) >= 0
            || label.startsWith("~", equals + 1)) {
          throw new Failure(
              "'%s' is no LABEL=VALUE: an alert has values, not matchers"
                  .formatted(Arguments.shown(label, 80)));
        }
        put(all, label.substring(0, equals), label.substring(equals + 1));
      }
      if (domain != null) {
        put(all, "domain", domain);
      }
      if (rule != null) {
        put(all, "alertname", rule);
      }
      if (severity != null) {
        put(all, "severity", severity);
      }
      return all;
    }

    private static void put(Map<String, String> labels, String name, String value) {
      var meant = name.equals("domain") ? Arguments.domain(value).toString() : value;
      var before = labels.put(name, meant);
      if (before != null && !before.equals(meant)) {
        throw new Failure("%s is both '%s' and '%s'".formatted(name, before, meant));
      }
    }

    @Override
    public Integer call() {
      var query =
          labels().entrySet().stream()
              .map(label -> encoded(label.getKey()) + "=" + encoded(label.getValue()))
              .collect(Collectors.joining("&"));
      var answer = client.get("/api/v1/routes?" + query);
      if (client.json()) {
        System.out.println(answer);
        return Exit.OK;
      }
      RouteText.print(answer);
      return Exit.OK;
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
