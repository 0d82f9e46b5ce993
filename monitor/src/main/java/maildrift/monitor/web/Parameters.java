package maildrift.monitor.web;

import java.util.Collection;
import java.util.List;
import maildrift.alerts.Matcher;
import maildrift.monitor.config.Words;

/** A query's parameters; one that is misspelt is refused, and not a filter that filters nothing. */
final class Parameters {
  private static final String FILTER = "filter";

  private Parameters() {}

  /** Refuses every parameter that the path does not take. */
  static void only(WebServer.Request request, Endpoints.Endpoint endpoint) {
    endpoint.parameters().ifPresent(known -> only(request, known));
  }

  /** Refuses every parameter but these, and names the one that was meant. */
  static void only(WebServer.Request request, Collection<String> known) {
    for (var name : request.query().names()) {
      if (!known.contains(name)) {
        throw Refusal.badRequest(
            "there is no parameter '%s'%s"
                .formatted(Words.shortened(name), Words.hint(name, known)));
      }
    }
  }

  static void among(String name, String word, Collection<String> words) {
    if (!words.contains(word)) {
      throw Refusal.badRequest(
          "%s: there is no '%s'%s".formatted(name, Words.shortened(word), Words.hint(word, words)));
    }
  }

  static boolean flag(WebServer.Request request, String name, boolean otherwise) {
    return request
        .query(name)
        .map(
            word -> {
              if (!word.equals("true") && !word.equals("false")) {
                throw Refusal.badRequest(
                    "%s is true or false, not '%s'".formatted(name, Words.shortened(word)));
              }
              return word.equals("true");
            })
        .orElse(otherwise);
  }

  /** All of {@code filter=}, each with one matcher or several. */
  static List<Matcher> matchers(WebServer.Request request) {
    try {
      return request.query().getAll(FILTER).stream()
          .flatMap(written -> Matcher.parseAll(written).stream())
          .toList();
    } catch (IllegalArgumentException problem) {
      throw Refusal.badRequest("%s: %s".formatted(FILTER, problem.getMessage()));
    }
  }

  /** An expression that the whole of a value must match. */
  static Matcher expression(String name, String written) {
    try {
      return new Matcher(name, Matcher.Operator.MATCHES, written);
    } catch (IllegalArgumentException problem) {
      throw Refusal.badRequest("%s: %s".formatted(name, problem.getMessage()));
    }
  }
}
