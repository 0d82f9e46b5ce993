package maildrift.alerts.notify;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import maildrift.alerts.notify.http.Request;

/**
 * What the configuration says of one receiver. Its kind asks for one key after the other, and the
 * keys that it asks for are the keys there are: whatever else is written is an error, with its
 * place and the nearest word. What is wrong becomes a problem at its place and is absent here;
 * reading goes on, so that everything is said at once. No message repeats a secret.
 *
 * <p>A kind asks for all of its keys before it gives up: it is also read where nobody wrote it, and
 * then everything is absent and nothing is a problem.
 */
public interface Settings {
  /** Every receiver has it: whether it hears of what has ended. */
  String SEND_RESOLVED = "send_resolved";

  /** Every receiver that reaches out has it: a name may lead to inner addresses. */
  String ALLOW_PRIVATE = "allow_private";

  Optional<String> text(String key);

  /** A text as something else; what the parser throws becomes the problem. */
  <T> Optional<T> parsed(String key, Function<String, T> parser);

  /** One text, or a list of at least one. */
  List<String> texts(String key);

  /** Texts by names of the operator's own, in their order; as {@link #parsed}. */
  Map<String, String> textsByName(String key, UnaryOperator<String> parser);

  /** A list of whole numbers. */
  List<Integer> numbers(String key, int least, int most);

  boolean flag(String key, boolean byDefault);

  /** {@link #SEND_RESOLVED}; they do unless they are told not to. */
  default boolean sendResolved() {
    return flag(SEND_RESOLVED, true);
  }

  /** {@link #ALLOW_PRIVATE}; not unless somebody says so. */
  default boolean allowPrivate() {
    return flag(ALLOW_PRIVATE, false);
  }

  /** For the whole attempt. */
  default Duration timeout() {
    return duration("timeout", Request.LEAST_DEADLINE, Request.DEADLINE);
  }

  /** In Prometheus' notation, {@code 30s}. */
  Duration duration(String key, Duration least, Duration byDefault);

  int whole(String key, int least, int most, int byDefault);

  /** One of our words: the constants' names in lower case. */
  <E extends Enum<E>> Optional<E> choice(String key, Class<E> words);

  /** {@code key}, from the environment, or {@code key_file}, which is read whenever it is used. */
  Optional<Secret> secret(String key);

  /**
   * As {@link #secret}, and the plural of both words besides: several of them, so that one can
   * follow another.
   *
   * @param check throws IllegalArgumentException when it is none, and does not repeat it
   */
  List<Secret> secrets(String key, Consumer<String> check);

  /**
   * {@code headers}, by name, and {@code header_files}, which hold a value each.
   *
   * @param ours that the kind sets itself
   */
  Headers headers(Set<String> ours);

  /** {@code ca_file}: certificate authorities to trust besides the machine's. */
  Optional<Path> authorities();

  /** {@code key} or {@code key_file}: a web address, whose path may be a secret. */
  Optional<URI> url(String key);

  /** Several web addresses. */
  List<URI> urls(String key);

  /** {@code HOST} or {@code HOST:PORT}. */
  Optional<Server> server(String key, int defaultPort);

  /** A bare mail address. */
  Optional<String> address(String key);

  /** A mail address, with a name before it or without, as {@link Mailbox} writes it. */
  Optional<String> sender(String key);

  /** One mail address, or a list of at least one. */
  List<String> addresses(String key);

  /** A mail address for each of some tenants. */
  SortedMap<String, String> sendersByTenant(String key);

  /** {@code username} and {@code password} or {@code password_file}, which belong together. */
  Optional<Login> login();

  /** As {@link #login}, or {@code bearer_token} or {@code bearer_token_file}. */
  Optional<Credentials> credentials();

  /** Whether the key is written, and not empty. */
  boolean has(String key);

  /** That the key is missing. */
  void lacks(String key);

  /** Something that is wrong with a key's value. */
  void problem(String key, String message);

  /**
   * What must be there, as in {@code required("url", settings::url)}: its absence, and that of its
   * {@code _file} twin, is a problem.
   */
  <T> Optional<T> required(String key, Function<String, Optional<T>> form);
}
