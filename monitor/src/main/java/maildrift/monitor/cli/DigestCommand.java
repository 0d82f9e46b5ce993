package maildrift.monitor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "digest",
    description = {
      "A tenant's weekly digest, as a running daemon would make it now.",
      "It is printed and nobody gets it, unless --send asks for that."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift digest --tenant contoso",
      "  maildrift digest --tenant contoso --html > digest.html",
      "  maildrift digest --tenant contoso --send"
    })
final class DigestCommand implements Callable<Integer> {
  @Option(
      names = "--tenant",
      paramLabel = "T",
      description =
          "The tenant's key in the configuration; \"\" for domains without one (default: the only one there is).")
  @Nullable String tenant;

  @Option(names = "--html", description = "Print the mail's HTML in place of its text.")
  boolean html;

  @Option(
      names = "--send",
      description = "Send it now to whom alerts.digest says; the schedule goes on as it was.")
  boolean send;

  @Mixin ClientOptions client = new ClientOptions();

  @Override
  public Integer call() {
    var query =
        tenant == null ? "" : "?tenant=" + URLEncoder.encode(tenant, StandardCharsets.UTF_8);
    if (send) {
      var answer = client.post("/api/v1/digest/send" + query, null);
      System.out.println(
          client.json()
              ? answer.toString()
              : Terminal.safe(
                  "owed to %s: %s"
                      .formatted(
                          answer.path("receiver").asString(""),
                          answer.path("subject").asString(""))));
      return Exit.OK;
    }
    var digest = client.get("/api/v1/digest" + query);
    if (client.json()) {
      System.out.println(digest);
    } else if (html) {
      System.out.print(digest.path("html").asString(""));
    } else {
      System.out.println(digest.path("subject").asString("") + "\n");
      System.out.print(digest.path("text").asString(""));
    }
    return Exit.OK;
  }
}
