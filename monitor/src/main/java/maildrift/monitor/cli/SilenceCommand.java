package maildrift.monitor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import maildrift.alerts.Matcher;
import maildrift.monitor.json.CheckJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

@Command(
    name = "silence",
    description = "Alerts that are not told for a time, in a running daemon.",
    subcommands = {
      SilenceCommand.Add.class,
      SilenceCommand.ListAll.class,
      SilenceCommand.Extend.class,
      SilenceCommand.Expire.class
    },
    footer = {
      "",
      "Examples:",
      "  maildrift silence add domain=contoso.tld alertname=~'tls.*' --for 4h --comment 'certificate is being renewed'",
      "  maildrift silence list",
      "  maildrift silence extend 6f1c… --for 2d",
      "  maildrift silence expire 6f1c…"
    })
final class SilenceCommand {

  @Command(
      name = "add",
      description = "Silence alerts whose labels match all matchers; prints the silence's id.")
  static final class Add implements Callable<Integer> {
    @Parameters(
        arity = "1..*",
        paramLabel = "LABEL=VALUE",
        description = "As amtool: =, !=, =~ and !~.")
    List<String> matchers = List.of();

    @Option(
        names = {"--for", "--duration"},
        required = true,
        paramLabel = "DURATION",
        description = "How long, e.g. 4h.")
    String length = "";

    @Option(names = "--comment", required = true, paramLabel = "TEXT", description = "Why.")
    String comment = "";

    @Option(
        names = {"--author", "--by"},
        paramLabel = "NAME",
        description = "Who (default: the caller's name).")
    String author = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var ends = Instant.now().plus(Arguments.duration("--for", length));
      var body =
          CheckJson.text(
              json -> {
                json.writeStartObject();
                matchers(json, matchers);
                json.writeStringProperty("endsAt", ends.toString());
                json.writeStringProperty("comment", comment);
                if (!author.isEmpty()) {
                  json.writeStringProperty("createdBy", author);
                }
                json.writeEndObject();
              });
      var answer = client.post("/api/v1/silences", body);
      System.out.println(client.json() ? answer.toString() : answer.path("silenceID").asString(""));
      return Exit.OK;
    }
  }

  /** Matchers as amtool has them, into Alertmanager's JSON. */
  static void matchers(JsonGenerator json, List<String> written) {
    json.writeArrayPropertyStart("matchers");
    for (var text : written) {
      try {
        var matcher = Matcher.parse(text);
        json.writeStartObject();
        json.writeStringProperty("name", matcher.name());
        json.writeStringProperty("value", matcher.value());
        json.writeBooleanProperty("isRegex", matcher.operator().isRegex());
        json.writeBooleanProperty("isEqual", matcher.operator().isEqual());
        json.writeEndObject();
      } catch (IllegalArgumentException problem) {
        throw new Failure(text + ": " + problem.getMessage());
      }
    }
    json.writeEndArray();
  }

  @Command(
      name = "extend",
      description =
          "Let a silence end so long from now; it keeps its id. It is never made shorter.")
  static final class Extend implements Callable<Integer> {
    @Parameters(paramLabel = "ID", description = "As silence add and list print it.")
    String id = "";

    @Option(
        names = {"--for", "--duration"},
        required = true,
        paramLabel = "DURATION",
        description = "How long from now, e.g. 4h.")
    String length = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var ends = Instant.now().plus(Arguments.duration("--for", length));
      var silence = client.get("/api/v1/silences/" + checked(id));
      if (isExpired(silence)) {
        throw new Failure("%s has ended; make another one with silence add".formatted(id));
      }
      var endsNow = silence.path("endsAt").asString("");
      if (Instant.parse(endsNow).isAfter(ends)) {
        throw new Failure("%s goes on until %s already".formatted(id, endsNow));
      }
      var body =
          CheckJson.text(
              json -> {
                json.writeStartObject();
                json.writeStringProperty("id", id);
                json.writeName("matchers");
                json.writeRawValue(silence.path("matchers").toString());
                json.writeStringProperty("endsAt", ends.toString());
                json.writeStringProperty("startsAt", silence.path("startsAt").asString(""));
                json.writeStringProperty("createdBy", silence.path("createdBy").asString(""));
                json.writeStringProperty("comment", silence.path("comment").asString(""));
                json.writeEndObject();
              });
      var answer = client.post("/api/v1/silences", body);
      System.out.println(client.json() ? answer.toString() : answer.path("silenceID").asString(""));
      return Exit.OK;
    }
  }

  private static String checked(String id) {
    if (!id.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-')) {
      throw new Failure("'%s' is not the id of a silence".formatted(id));
    }
    return id;
  }

  @Command(
      name = "list",
      description = "Silences that are on or announced: what they hide, until when, who and why.")
  static final class ListAll implements Callable<Integer> {
    @Parameters(
        arity = "0..*",
        paramLabel = "LABEL=VALUE",
        description = "Only those whose own matchers say so, as amtool has it.")
    List<String> matchers = List.of();

    @Option(names = "--expired", description = "Those that have ended, too.")
    boolean withExpired;

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var query =
          matchers.stream()
              .map(AlertList::matcher)
              .map(one -> "filter=" + URLEncoder.encode(one, StandardCharsets.UTF_8))
              .collect(Collectors.joining("&", "?", ""));
      var silences =
          client.list("/api/v1/silences" + query).stream()
              .filter(one -> withExpired || !isExpired(one))
              .toList();
      if (client.json()) {
        ClientOptions.printEach(silences);
        return Exit.OK;
      }
      var out = Terminal.standard(false);
      for (var silence : silences) {
        print(out, silence);
      }
      return Exit.OK;
    }

    private static void print(Terminal out, JsonNode silence) {
      var matchers = new ArrayList<String>();
      silence
          .path("matchers")
          .forEach(
              matcher ->
                  matchers.add(
                      new Matcher(
                              matcher.path("name").asString(""),
                              Matcher.Operator.of(
                                  matcher.path("isRegex").asBoolean(false),
                                  matcher.path("isEqual").asBoolean(true)),
                              matcher.path("value").asString(""))
                          .toString()));
      var head =
          "%s  %-7s  until %s"
              .formatted(
                  silence.path("id").asString(""),
                  silence.at("/status/state").asString(""),
                  Arguments.instant(silence.path("endsAt").asString("")));
      var said =
          "%s  by %s: %s%s"
              .formatted(
                  String.join(" ", matchers),
                  silence.path("createdBy").asString(""),
                  silence.path("comment").asString(""),
                  silence.path("alerts").asInt(0) > 0 && !isExpired(silence)
                      ? "  (%d firing)".formatted(silence.path("alerts").asInt(0))
                      : "");
      if (out.isEndless()) {
        out.line(Terminal.safe(head + "  " + said));
      } else {
        out.line(Terminal.safe(head));
        out.hanging("    ", 4, Terminal.safe(said));
      }
    }
  }

  private static boolean isExpired(JsonNode silence) {
    return silence.at("/status/state").asString("").equals("expired");
  }

  @Command(name = "expire", description = "End silences now.")
  static final class Expire implements Callable<Integer> {
    @Parameters(
        arity = "1..*",
        paramLabel = "ID",
        description = "As silence add and list print it.")
    List<String> ids = List.of();

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      for (var id : ids) {
        client.delete("/api/v1/silences/" + checked(id));
      }
      return Exit.OK;
    }
  }
}
