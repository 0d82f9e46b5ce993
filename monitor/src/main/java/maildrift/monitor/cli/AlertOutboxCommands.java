package maildrift.monitor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import maildrift.monitor.json.CheckJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Receivers of a running daemon, what they are owed and what was given up. */
final class AlertOutboxCommands {
  /** What a page may hold at most, and how many the daemon lists in all. */
  private static final int PAGE = 1_000;

  private static final int MOST = 10_000;

  private AlertOutboxCommands() {}

  @Command(
      name = "receivers",
      description = "How the receivers are, what waits for them and since when.")
  static final class Receivers implements Callable<Integer> {
    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var receivers = client.get("/api/v1/receivers");
      if (client.json()) {
        ClientOptions.printEach(receivers);
        return Exit.OK;
      }
      for (var receiver : receivers) {
        System.out.println(
            Terminal.safe(
                "%-8s %s%s%s%s%s"
                    .formatted(
                        text(receiver, "state"),
                        text(receiver, "receiver"),
                        after("  since ", text(receiver, "since")),
                        receiver.path("pending").asLong() == 0
                            ? ""
                            : "  %d waiting%s"
                                .formatted(
                                    receiver.path("pending").asLong(),
                                    after(", the oldest since ", text(receiver, "oldest"))),
                        receiver.path("givenUp").asLong() == 0
                            ? ""
                            : "  %d given up".formatted(receiver.path("givenUp").asLong()),
                        after("  ", text(receiver, "lastError")))));
      }
      return Exit.OK;
    }
  }

  @Command(name = "owed", description = "What waits for a receiver, the oldest first.")
  static final class Waiting implements Callable<Integer> {
    @Parameters(paramLabel = "RECEIVER", description = "Its name.")
    String receiver = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      return print(client, "/api/v1/receivers/" + encoded(receiver) + "/owed", "nextAttempt");
    }
  }

  @Command(
      name = "enable",
      description = {
        "Send to a receiver again that had answered 410.",
        "What it is owed is due at once, whatever its retry schedule says."
      })
  static final class Enable implements Callable<Integer> {
    @Parameters(paramLabel = "RECEIVER", description = "Its name.")
    String receiver = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var answer = client.post("/api/v1/receivers/" + encoded(receiver) + "/enable", null);
      System.out.println(
          client.json()
              ? answer.toString()
              : Terminal.safe(
                  answer.path("wasDisabled").asBoolean()
                      ? receiver + " is sent to again"
                      : receiver + " was not disabled; what it is owed is tried now"));
      return Exit.OK;
    }
  }

  @Command(
      name = "move",
      description = {
        "Owe to another receiver what is owed to one that is not configured any more, or was given up.",
        "Of what has ended meanwhile only the end is told, and nothing twice.",
        "What fires it hears of by the routes that lead to it; where none does, it is left."
      })
  static final class Move implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FROM", description = "The receiver that is no more.")
    String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "One that is configured.")
    String to = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var body = CheckJson.mapper().createObjectNode().put("to", to);
      var answer = client.post("/api/v1/receivers/" + encoded(from) + "/move", body.toString());
      System.out.println(
          client.json()
              ? answer.toString()
              : Terminal.safe(
                  "%d owed to %s now%s%s"
                      .formatted(
                          answer.path("moved").asLong(),
                          to,
                          count(answer, "dropped", ", %d of which nothing is news to it"),
                          count(
                              answer,
                              "left",
                              ", %d left: mails that it cannot send, or what fires where no route leads to it"))));
      return Exit.OK;
    }

    private static String count(JsonNode answer, String key, String text) {
      var count = answer.path(key).asLong();
      return count == 0 ? "" : text.formatted(count);
    }
  }

  @Command(
      name = "drop",
      description =
          "Forget what is owed to a receiver that is not configured any more, and what was given up.")
  static final class DropOwed implements Callable<Integer> {
    @Parameters(paramLabel = "RECEIVER", description = "Its name.")
    String receiver = "";

    @Mixin ClientOptions client = new ClientOptions();

    @Override
    public Integer call() {
      var answer = client.delete("/api/v1/receivers/" + encoded(receiver) + "/owed");
      System.out.println(
          client.json()
              ? answer.toString()
              : "%d forgotten".formatted(answer.path("dropped").asLong()));
      return Exit.OK;
    }
  }

  @Command(
      name = "dead",
      description = "Notifications that a receiver refused until they were given up.",
      subcommands = {Dead.ListAll.class, Dead.Retry.class, Dead.Drop.class})
  static final class Dead {

    @Command(name = "list", description = "All of them, the newest first.")
    static final class ListAll implements Callable<Integer> {
      @Mixin ClientOptions client = new ClientOptions();

      @Override
      public Integer call() {
        return print(client, "/api/v1/dead-letters", "givenUpAt");
      }
    }

    @Command(
        name = "retry",
        description = {
          "Send them again, each under a new id.",
          "What has ended meanwhile is told as ended."
        })
    static final class Retry implements Callable<Integer> {
      @Parameters(arity = "0..1", paramLabel = "ID", description = "One of them.")
      @Nullable String id;

      @Option(
          names = "--receiver",
          paramLabel = "RECEIVER",
          description = "All that this receiver had refused.")
      @Nullable String receiver;

      @Mixin ClientOptions client = new ClientOptions();

      @Override
      public Integer call() {
        if ((id == null) == (receiver == null)) {
          throw new Failure("alert dead retry needs an ID or --receiver NAME");
        }
        var answer =
            client.post(
                receiver == null
                    ? "/api/v1/dead-letters/" + encoded(id) + "/retry"
                    : "/api/v1/receivers/" + encoded(receiver) + "/retry",
                null);
        System.out.println(
            client.json()
                ? answer.toString()
                : "%d owed again".formatted(answer.path("owed").size()));
        return Exit.OK;
      }
    }

    @Command(name = "drop", description = "Forget one of them.")
    static final class Drop implements Callable<Integer> {
      @Parameters(paramLabel = "ID", description = "Which one.")
      String id = "";

      @Mixin ClientOptions client = new ClientOptions();

      @Override
      public Integer call() {
        var answer = client.delete("/api/v1/dead-letters/" + encoded(id));
        System.out.println(client.json() ? answer.toString() : Terminal.safe(id + " is dropped"));
        return Exit.OK;
      }
    }
  }

  private static Integer print(ClientOptions client, String path, String time) {
    var all = client.list(path + "?per_page=" + PAGE, MOST);
    if (client.json()) {
      ClientOptions.printEach(all);
      return Exit.OK;
    }
    for (var one : all) {
      System.out.println(
          Terminal.safe(
              "%s  %s  %-8s %s  since %s, %d attempts, %s %s%s"
                  .formatted(
                      text(one, "id"),
                      text(one, "receiver"),
                      text(one, "status"),
                      text(one, "summary"),
                      text(one, "createdAt"),
                      one.path("attempts").asLong(),
                      time.equals("givenUpAt") ? "given up" : "next",
                      text(one, time),
                      after(": ", text(one, "lastError")))));
    }
    return Exit.OK;
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).asString("");
  }

  private static String after(String lead, String text) {
    return text.isEmpty() ? "" : lead + text;
  }

  private static String encoded(@Nullable String text) {
    return URLEncoder.encode(text == null ? "" : text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
