package maildrift.probes.dns;

import java.util.List;

/**
 * One resolver by itself, past this program's caches: what it has in its own is what others behind
 * it are told.
 *
 * @param name {@code address:port}
 */
public record OneResolver(String name, Dns dns) {

  /** What each of them says, all asked at once, in their order. */
  public static List<Answer> ask(List<OneResolver> resolvers, Question question) {
    return Parallel.all(resolvers, resolver -> resolver.dns().ask(question));
  }
}
