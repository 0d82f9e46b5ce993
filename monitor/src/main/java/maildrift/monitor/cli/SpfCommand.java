package maildrift.monitor.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import maildrift.monitor.check.Look;
import maildrift.monitor.json.CheckJson;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.spf.SpfCheck;
import maildrift.probes.spf.SpfObservation;
import maildrift.probes.spf.SpfProbe;
import maildrift.probes.spf.SpfResult;
import maildrift.probes.spf.SpfTreeText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

@Command(
    name = "spf",
    description = {
      "A domain's SPF include tree, or what check_host() answers.",
      "The tree shows each term, what it costs, the running total of lookups, and the "
          + "networks it authorises. With --ip: what check_host() of RFC 7208 answers for a "
          + "sender, and which term decided. With --batch: JSON Lines on stdin "
          + "{\"ip\":…,\"helo\":…,\"sender\":…}, one JSON line each on stdout, in order: result, "
          + "explanation and term, or error for a line that is no such object, is not UTF-8 or is longer than "
          + "64 KiB; exit code 0. With --ip exit code 0 is pass, 3 temperror, 1 everything else."
    },
    footer = {
      "",
      "Examples:",
      "  maildrift spf contoso.tld",
      "  maildrift spf contoso.tld --ip 192.0.2.1",
      "  maildrift spf --ip 192.0.2.1 --sender alice@contoso.tld --helo mail.contoso.tld"
    })
final class SpfCommand implements Callable<Integer> {
  /** Octets; the longest address has 320 characters, and explanations do not go in. */
  private static final int LONGEST_LINE = 1 << 16;

  /** What is wrong is said of the beginning of a line as well as of all of it. */
  private static final int MOST_ERROR = 300;

  /** How many lines of a batch are under way at once; answers stay in order. */
  private static final int PARALLEL = 64;

  @Parameters(arity = "0..1", paramLabel = "DOMAIN", description = "Whose record.")
  @Nullable String domain;

  @Option(names = "--ip", paramLabel = "IP", description = "Would mail from this address pass?")
  @Nullable String ip;

  @Option(
      names = "--sender",
      paramLabel = "MAILFROM",
      description = "The envelope sender; its domain's record is asked.")
  String sender = "";

  @Option(names = "--helo", paramLabel = "NAME", description = "The name the client said in HELO.")
  String helo = "";

  @Option(names = "--batch", description = "JSON Lines in, JSON Lines out.")
  boolean batch;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() {
    if (batch) {
      try (var outside = Outside.open(common)) {
        return batch(outside);
      }
    }
    if (ip != null) {
      return checkHost(ip);
    }
    if (domain == null) {
      throw new Failure("name a domain, or give --ip or --batch; maildrift help spf says more");
    }
    return tree(domain);
  }

  private int tree(String written) {
    var domain = ManagedDomain.undeclared(Arguments.domain(written));
    try (var outside = Outside.open(common)) {
      return Looked.one(
          outside, common.json() ? outside.probe("spf") : new Showing(), domain, common);
    }
  }

  /** The probe, which prints its tree as soon as it has it: no question is asked twice. */
  private static final class Showing implements Probe<SpfObservation> {
    private final SpfProbe probe = new SpfProbe();

    @Override
    public String name() {
      return probe.name();
    }

    @Override
    public List<Rule> rules() {
      return probe.rules();
    }

    @Override
    public SpfObservation observe(ManagedDomain domain, Network network) {
      var seen = probe.observe(domain, network);
      System.out.print(SpfTreeText.render(seen.tree()));
      return seen;
    }

    @Override
    public Judgement judge(ManagedDomain domain, SpfObservation seen, Context context) {
      return probe.judge(domain, seen, context);
    }
  }

  private int checkHost(String address) {
    var mailFrom =
        sender.isEmpty() && domain != null ? "postmaster@" + Arguments.domain(domain) : sender;
    if (mailFrom.isEmpty() && helo.isEmpty()) {
      throw new Failure("--ip needs a domain: as argument, or in --sender or --helo");
    }
    try (var outside = Outside.open(common)) {
      var result = evaluate(address, helo, mailFrom, outside);
      if (common.json()) {
        System.out.println(json(result, true));
      } else {
        var out = common.terminal();
        out.line(
            out.bold(result.result().word())
                + result.term().map(term -> "  decided by " + Terminal.safe(term)).orElse(""));
        result.path().forEach(step -> out.line("  " + Terminal.safe(step)));
        if (!result.why().isEmpty()) {
          out.line("  " + Terminal.safe(result.why()));
        }
        result.explanation().ifPresent(text -> out.line("  explanation: " + Terminal.safe(text)));
      }
      return switch (result.result()) {
        case PASS -> Exit.OK;
        case TEMPERROR -> Exit.UNOBSERVED;
        case FAIL, SOFTFAIL, NEUTRAL, NONE, PERMERROR -> Exit.FINDINGS;
      };
    } catch (IllegalArgumentException problem) {
      throw new Failure("--ip: " + problem.getMessage());
    }
  }

  private static SpfResult evaluate(String ip, String helo, String sender, Outside outside) {
    return SpfCheck.check(ip, helo, sender, outside.dns(Look.REGULAR));
  }

  private static int batch(Outside outside) {
    var lines = new InputLines(System.in, LONGEST_LINE);
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    InOrder.run(
        lines::next,
        PARALLEL,
        line ->
            switch (line) {
              case InputLines.Text(_, var text) -> answer(text, outside);
              case InputLines.Unreadable(_, var why) -> error("the line is " + why);
            },
        new InOrder.Sink<String>() {
          @Override
          public boolean take(String answer) {
            out.println(answer);
            return true;
          }

          // Whoever sends one line and waits for its answer before the next must not wait for a
          // full pipe.
          @Override
          public void idle() {
            out.flush();
          }
        });
    return Exit.OK;
  }

  /** Exactly one line for a line, whatever it holds. */
  static String answer(String line, Outside outside) {
    try {
      var request = CheckJson.mapper().readTree(line);
      if (!request.isObject()) {
        return error("not a JSON object");
      }
      var ip = text(request, "ip");
      if (ip.isEmpty() || ip.get().isEmpty()) {
        return error("ip is missing or not a text");
      }
      var helo = text(request, "helo");
      var sender = text(request, "sender");
      if (helo.isEmpty() || sender.isEmpty()) {
        return error((helo.isEmpty() ? "helo" : "sender") + " is not a text");
      }
      return json(evaluate(ip.get(), helo.get(), sender.get(), outside), false);
    } catch (JacksonException problem) {
      return error("not a JSON object: " + problem.getOriginalMessage());
    } catch (IllegalArgumentException problem) {
      return error(String.valueOf(problem.getMessage()));
    } catch (RuntimeException failure) {
      return error("internal error: " + failure);
    }
  }

  /** The text; an absent or null one is empty; empty Optional: it is no text. */
  private static Optional<String> text(JsonNode request, String name) {
    var node = request.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return Optional.of("");
    }
    return node.isString() ? Optional.of(node.asString()) : Optional.empty();
  }

  private static String error(String why) {
    return CheckJson.text(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("error", Arguments.shown(why, MOST_ERROR));
          json.writeEndObject();
        });
  }

  /** A line of a batch, or that and how the decision was reached. */
  private static String json(SpfResult result, boolean withPath) {
    return CheckJson.text(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("result", result.result().word());
          nullable(json, "explanation", result.explanation());
          nullable(json, "term", result.term());
          if (withPath) {
            json.writeArrayPropertyStart("path");
            result.path().forEach(json::writeString);
            json.writeEndArray();
            json.writeStringProperty("why", result.why());
          }
          json.writeEndObject();
        });
  }

  private static void nullable(
      tools.jackson.core.JsonGenerator json, String name, Optional<String> value) {
    if (value.isPresent()) {
      json.writeStringProperty(name, value.get());
    } else {
      json.writeNullProperty(name);
    }
  }
}
