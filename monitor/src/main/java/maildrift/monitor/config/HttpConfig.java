package maildrift.monitor.config;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The page, the API and the metrics.
 *
 * @param web TLS and users, from {@code web_config_file}
 * @param operators users who may change state; the others may look
 * @param limits which tenants a user sees; whoever is not here sees all
 * @param externalUrl how people reach the page, for links in notifications
 * @param probeAnyTarget {@code /probe} takes any domain, not only configured ones
 */
public record HttpConfig(
    HostPort listen,
    Optional<WebConfig> web,
    Set<String> operators,
    Map<String, Set<String>> limits,
    List<ApiToken> tokens,
    Optional<URI> externalUrl,
    boolean probeAnyTarget) {
  public static final HttpConfig DEFAULT =
      new HttpConfig(
          new HostPort("127.0.0.1", 8425),
          Optional.empty(),
          Set.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          false);

  public HttpConfig {
    operators = Set.copyOf(operators);
    limits = Map.copyOf(limits);
    tokens = List.copyOf(tokens);
  }

  /** Where the page is, for links: as people reach it, or as it listens. Ends in no slash. */
  public String page() {
    var base =
        externalUrl
            .map(Object::toString)
            .orElse((web.flatMap(WebConfig::tls).isPresent() ? "https://" : "http://") + listen);
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  /**
   * Whether callers must say who they are; without users and tokens every caller is an operator.
   */
  public boolean needsLogin() {
    return !tokens.isEmpty() || web.map(file -> !file.users().isEmpty()).orElse(false);
  }

  /** What a caller may do. */
  public enum Access {
    VIEWER,
    OPERATOR;

    public String word() {
      return switch (this) {
        case VIEWER -> "viewer";
        case OPERATOR -> "operator";
      };
    }
  }

  /**
   * A bearer token of a program.
   *
   * @param tenants that it is limited to; empty: it is not limited
   */
  public record ApiToken(String name, Secret token, Access access, Optional<Set<String>> tenants) {}
}
