package maildrift.monitor.web;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import maildrift.monitor.check.CheckResult;
import maildrift.monitor.config.Words;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.metrics.Asked;
import maildrift.monitor.metrics.Metrics;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.dns.DnsName;

/** What Prometheus asks for. */
final class Scrapes {
  /** Prometheus' own default; a scraper that allows another says so in a header. */
  private static final Duration DEFAULT_SCRAPE = Duration.ofSeconds(10);

  /** What the answer needs on its way, as blackbox_exporter takes off. */
  private static final Duration OFFSET = Duration.ofMillis(500);

  private static final String NAMES = "name[]";
  private static final int MOST_NAMES = 200;

  private static final Duration LONGEST = Duration.ofSeconds(25);

  private final Backend backend;

  Scrapes(Backend backend) {
    this.backend = backend;
  }

  WebServer.Stream metrics(Request request) {
    var asked = new Asked(wantsOpenMetrics(request), names(request));
    return new WebServer.Stream(
        asked.openMetrics() ? Metrics.OPEN_METRICS : Metrics.TEXT,
        out ->
            backend.metrics(
                asked,
                (bytes, length) -> {
                  try {
                    out.write(bytes, 0, length);
                  } catch (IOException gone) {
                    throw new UncheckedIOException(gone);
                  }
                }));
  }

  /**
   * As Prometheus' client libraries take them. A name that nothing has brings nothing beside
   * others; alone it would make a scrape that succeeds and is empty for ever.
   */
  private static Set<String> names(Request request) {
    var names = new LinkedHashSet<>(request.query().getAll(NAMES));
    if (names.size() > MOST_NAMES) {
      throw Refusal.badRequest("%s: at most %d names".formatted(NAMES, MOST_NAMES));
    }
    if (!names.isEmpty() && names.stream().noneMatch(Asked::isKnown)) {
      var first = names.getFirst();
      throw Refusal.badRequest(
          "%s: there is no series '%s'%s"
              .formatted(NAMES, Words.shortened(first), Words.hint(first, Asked.own())));
    }
    return names;
  }

  private static boolean wantsOpenMetrics(Request request) {
    var accept = request.headers().get("Accept");
    if (accept == null) {
      return false;
    }
    var open = 0.0;
    var text = 0.0;
    for (var range : Splitter.on(',').split(accept.toLowerCase(Locale.ROOT))) {
      var parts = Splitter.on(';').trimResults().splitToList(range);
      switch (parts.getFirst()) {
        case "application/openmetrics-text" -> open = Math.max(open, ContentCoding.quality(parts));
        case "text/plain" -> text = Math.max(text, ContentCoding.quality(parts));
        default -> {}
      }
    }
    return open > 0 && open >= text;
  }

  Answer probe(Request request) {
    var target =
        request
            .query("target")
            .orElseThrow(() -> Refusal.badRequest("target is missing: /probe?target=DOMAIN"));
    var name =
        DnsName.parse(target)
            .orElseThrow(() -> Refusal.badRequest("'%s' is not a domain name".formatted(target)))
            .toString();
    if (backend.domain(name).isEmpty() && !backend.config().http().probeAnyTarget()) {
      throw Refusal.notFound(
          "%s is not configured, and http.probe_any_target is not set".formatted(name));
    }
    CheckResult result;
    var begun = System.nanoTime();
    try {
      result = backend.probe(name, request.query().getAll("profile"), limit(request));
    } catch (IllegalArgumentException problem) {
      throw Refusal.badRequest("profile: " + problem.getMessage());
    }
    var took = Duration.ofNanos(System.nanoTime() - begun);
    var state = DomainState.unseen(result.domain()).after(result, List.of(), _ -> false, Map.of());
    var open = wantsOpenMetrics(request);
    var text = Metrics.probe(state, result.gaps().isEmpty(), took, open);
    if (request.query("debug").filter("true"::equals).isPresent()) {
      var debug =
          "Check of %s:\n%s\n\nMetrics that would have been returned:\n%s"
              .formatted(
                  name,
                  new String(CheckJson.check(result), java.nio.charset.StandardCharsets.UTF_8),
                  new String(text, java.nio.charset.StandardCharsets.UTF_8));
      return Answer.of(
          "text/plain; charset=utf-8", debug.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return Answer.of(open ? Metrics.OPEN_METRICS : Metrics.TEXT, text);
  }

  private static Duration limit(Request request) {
    var header = request.headers().get("X-Prometheus-Scrape-Timeout-Seconds");
    var allowed = DEFAULT_SCRAPE;
    if (header != null) {
      try {
        allowed = Duration.ofMillis((long) (Double.parseDouble(header) * 1000));
      } catch (NumberFormatException _) {
        throw Refusal.badRequest(
            "X-Prometheus-Scrape-Timeout-Seconds is a number of seconds, not '%s'"
                .formatted(header));
      }
    }
    var limit = allowed.minus(OFFSET);
    if (limit.compareTo(Duration.ofMillis(100)) < 0) {
      return Duration.ofMillis(100);
    }
    return limit.compareTo(LONGEST) > 0 ? LONGEST : limit;
  }

  Answer healthy(Request request) {
    return health(true);
  }

  Answer isReady(Request request) {
    return health(false);
  }

  private Answer health(boolean live) {
    var unwell = backend.unwell(live);
    var body =
        CheckJson.bytes(
            json -> {
              json.writeStartObject();
              json.writeStringProperty("status", unwell.isEmpty() ? "ok" : "unavailable");
              json.writeObjectPropertyStart("reasons");
              unwell.forEach(json::writeStringProperty);
              json.writeEndObject();
              json.writeObjectPropertyStart("warnings");
              backend.warnings().forEach(json::writeStringProperty);
              json.writeEndObject();
              json.writeEndObject();
            });
    return Answer.json(unwell.isEmpty() ? 200 : 503, body);
  }
}
