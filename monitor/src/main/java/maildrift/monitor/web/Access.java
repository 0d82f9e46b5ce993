package maildrift.monitor.web;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;

/**
 * Who a caller is. bcrypt is slow on purpose: it runs off the event loop, what was right is
 * remembered for a while, and only so many wrong passwords are tried a minute.
 */
final class Access {
  private static final int WRONG_A_MINUTE = 30;

  private final Semaphore verifying = new Semaphore(2);

  /** Compared with when the user is unknown, so that the time taken tells nothing. */
  private static final String NOBODY =
      BCrypt.withDefaults().hashToString(10, "nobody".toCharArray());

  private final Cache<String, Boolean> right =
      CacheBuilder.newBuilder().maximumSize(1_000).expireAfterWrite(Duration.ofMinutes(5)).build();

  private final Cache<String, AtomicInteger> wrong =
      CacheBuilder.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  /**
   * The caller; blocks for as long as bcrypt takes.
   *
   * @param authorization the header's value
   * @param from the caller's address, for the limit of wrong tries
   */
  Caller caller(HttpConfig config, Optional<String> authorization, String from) {
    if (!config.needsLogin()) {
      return Caller.LOCAL;
    }
    var value = authorization.orElseThrow(Refusal::unauthorized);
    if (starts(value, "bearer ")) {
      return token(config, value.substring("bearer ".length()).strip(), from);
    }
    if (starts(value, "basic ")) {
      return user(config, value.substring("basic ".length()).strip(), from);
    }
    throw Refusal.unauthorized();
  }

  private static boolean starts(String value, String scheme) {
    return value.toLowerCase(Locale.ROOT).startsWith(scheme);
  }

  private Caller token(HttpConfig config, String offered, String from) {
    // A token is quickly compared: whoever has a right one is not locked out by his neighbours.
    return config.tokens().stream()
        .filter(token -> token.token().matches(offered))
        .findFirst()
        .map(
            token ->
                new Caller(
                    token.name(), token.access() == HttpConfig.Access.OPERATOR, token.tenants()))
        .orElseThrow(() -> refused(from));
  }

  private Caller user(HttpConfig config, String encoded, String from) {
    var pair = decoded(encoded);
    var colon = pair.indexOf(':');
    if (colon < 0) {
      throw Refusal.unauthorized();
    }
    var name = pair.substring(0, colon);
    var password = pair.substring(colon + 1);
    var hash =
        config
            .web()
            .map(WebConfig::users)
            .map(users -> users.get(name))
            .map(secret -> secret.reveal());
    var memory = digest(name + "\0" + password + "\0" + hash.orElse(""));
    if (hash.isEmpty() || right.getIfPresent(memory) == null) {
      // Counted before it is tried, so that many at once are many tries; and few at once, since
      // bcrypt is slow on purpose.
      checkTries(from);
      var tries = wrong.asMap().computeIfAbsent(from, _ -> new AtomicInteger());
      tries.incrementAndGet();
      verifying.acquireUninterruptibly();
      boolean matches;
      try {
        matches = verified(password, hash.orElse(NOBODY)) && hash.isPresent();
      } finally {
        verifying.release();
      }
      if (!matches) {
        throw Refusal.unauthorized();
      }
      tries.decrementAndGet();
      right.put(memory, true);
    }
    return new Caller(
        name, config.operators().contains(name), Optional.ofNullable(config.limits().get(name)));
  }

  private static boolean verified(String password, String hash) {
    var bytes = password.getBytes(StandardCharsets.UTF_8);
    // bcrypt knows 72 octets; a longer password could never have been set.
    // Without a version the verifier takes $2a$, $2b$ and $2y$ alike.
    return bytes.length <= 72
        && BCrypt.verifyer().verify(bytes, hash.getBytes(StandardCharsets.US_ASCII)).verified;
  }

  private void checkTries(String from) {
    var tries = wrong.getIfPresent(from);
    if (tries != null && tries.get() >= WRONG_A_MINUTE) {
      throw Refusal.tooMany(
          "too many wrong passwords or tokens from this address; try again in a minute");
    }
  }

  private Refusal refused(String from) {
    checkTries(from);
    var tries = wrong.asMap().computeIfAbsent(from, _ -> new AtomicInteger());
    tries.incrementAndGet();
    return Refusal.unauthorized();
  }

  private static String decoded(String encoded) {
    try {
      return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      throw Refusal.unauthorized();
    }
  }

  private static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Refuses what another site's page makes a browser send: the request must be for a name that is
   * ours, and when it says where it comes from, that must be us. Checked on loopback, too: a name
   * of a stranger may resolve to it.
   */
  static void refuseCrossSite(HttpServerRequest request, HttpConfig config) {
    refuseStrangeHost(request, config);
    var origin = request.getHeader("Origin");
    if (origin != null && !isOwnOrigin(origin, request, config)) {
      throw Refusal.forbidden("the request comes from another site");
    }
    var site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      throw Refusal.forbidden("the request comes from another site");
    }
  }

  /**
   * Refuses a form that does not say where it comes from: browsers send forms of any site, with the
   * password they know. That what is said is us is {@link #refuseCrossSite}'s business.
   */
  static void refuseUnlessFromHere(HttpServerRequest request) {
    if (request.getHeader("Origin") == null && request.getHeader("Sec-Fetch-Site") == null) {
      throw Refusal.forbidden(
          "a form must say which page it comes from; use the API from a script");
    }
  }

  /** Refuses a body that does not say it is JSON; no body needs no type. */
  static void refuseOtherThanJson(HttpServerRequest request, String body) {
    var type = Optional.ofNullable(request.getHeader("Content-Type")).orElse("");
    var end = type.indexOf(';');
    var media = (end < 0 ? type : type.substring(0, end)).strip();
    if (!body.isEmpty() && !media.equalsIgnoreCase("application/json")) {
      throw Refusal.notJson(type);
    }
  }

  /**
   * Refuses a request that is not addressed to a name of ours: a page may let its own name resolve
   * to this machine and would read the answer.
   */
  static void refuseStrangeHost(HttpServerRequest request, HttpConfig config) {
    var authority = request.authority();
    var host = authority == null ? "" : authority.host();
    if (!isOurs(host, config)) {
      throw Refusal.forbidden(
          "the Host header names '%s', which is not this server; set http.external_url"
              .formatted(host));
    }
  }

  private static boolean isOurs(String host, HttpConfig config) {
    var plain = host.toLowerCase(Locale.ROOT);
    return plain.equals("localhost")
        || plain.equals("127.0.0.1")
        || plain.equals("::1")
        || plain.equals("[::1]")
        || plain.equals(config.listen().host().toLowerCase(Locale.ROOT))
        || config
            .externalUrl()
            .map(url -> plain.equals(String.valueOf(url.getHost()).toLowerCase(Locale.ROOT)))
            .orElse(false)
        || (config.needsLogin() && config.externalUrl().isEmpty());
  }

  private static boolean isOwnOrigin(String origin, HttpServerRequest request, HttpConfig config) {
    var authority = request.authority();
    var own = authority == null ? "" : authority.toString();
    return origin.equals("http://" + own)
        || origin.equals("https://" + own)
        || config
            .externalUrl()
            .map(url -> origin.equals(url.getScheme() + "://" + url.getAuthority()))
            .orElse(false);
  }
}
