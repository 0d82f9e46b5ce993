package maildrift.monitor.web;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.net.InetAddresses;
import io.vertx.core.http.HttpServerRequest;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import maildrift.monitor.config.HttpConfig;
import maildrift.monitor.config.WebConfig;

/**
 * Who a caller is. bcrypt is slow on purpose: it has threads of its own ({@link Passwords}), what
 * was right is remembered for a while, and only so many wrong passwords are tried a minute.
 */
final class Access implements AutoCloseable {
  private static final int WRONG_A_MINUTE = 30;

  /** Of one user, from addresses that he never logged in from. */
  private static final int WRONG_OF_A_USER = 60;

  private final Passwords passwords;

  /** Compared with when the user is unknown, so that the time taken tells nothing. */
  private static final String NOBODY =
      BCrypt.withDefaults().hashToString(10, "nobody".toCharArray());

  private final Cache<String, Boolean> right =
      CacheBuilder.newBuilder().maximumSize(1_000).expireAfterWrite(Duration.ofMinutes(5)).build();

  private final Cache<String, AtomicInteger> wrong = aMinute();
  private final Cache<String, AtomicInteger> wrongOfUser = aMinute();

  /** Where users have logged in from: nobody else's tries keep them out there. */
  private final Cache<String, Boolean> known =
      CacheBuilder.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofDays(1)).build();

  private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);

  /** Why somebody was not let in. */
  enum Failure {
    PASSWORD,
    TOKEN,
    TOO_MANY;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  Access() {
    this(new Passwords());
  }

  Access(Passwords passwords) {
    this.passwords = passwords;
    for (var failure : Failure.values()) {
      failures.put(failure, new LongAdder());
    }
  }

  @Override
  public void close() {
    passwords.close();
  }

  private static Cache<String, AtomicInteger> aMinute() {
    return CacheBuilder.newBuilder()
        .maximumSize(10_000)
        .expireAfterWrite(Duration.ofMinutes(1))
        .build();
  }

  long failures(Failure why) {
    return Objects.requireNonNull(failures.get(why)).sum();
  }

  private void count(Failure why) {
    Objects.requireNonNull(failures.get(why)).increment();
  }

  /** Whoever has one IPv6 address has all of its /64. */
  static String source(String address) {
    return InetAddresses.isInetAddress(address)
            && InetAddresses.forString(address) instanceof Inet6Address six
        ? HexFormat.of().formatHex(six.getAddress(), 0, 8) + "/64"
        : address;
  }

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
    var source = source(from);
    if (starts(value, "bearer ")) {
      return token(config, value.substring("bearer ".length()).strip(), source);
    }
    if (starts(value, "basic ")) {
      return basic(config, value.substring("basic ".length()).strip(), source);
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
        .map(Access::holder)
        .orElseThrow(() -> refused(from));
  }

  private static Caller holder(HttpConfig.ApiToken token) {
    return new Caller(token.name(), token.access() == HttpConfig.Access.OPERATOR, token.tenants());
  }

  /** Browsers know Basic only: they give a token as the password of a user of its name. */
  private Caller basic(HttpConfig config, String encoded, String from) {
    var pair = decoded(encoded);
    if (pair.indexOf(':') < 0) {
      throw Refusal.unauthorized();
    }
    return config.tokens().stream()
        .filter(token -> isOf(token, pair))
        .findFirst()
        .map(Access::holder)
        .orElseGet(() -> user(config, pair, from));
  }

  private static boolean isOf(HttpConfig.ApiToken token, String pair) {
    var user = token.name() + ":";
    return pair.startsWith(user) && token.token().matches(pair.substring(user.length()));
  }

  private Caller user(HttpConfig config, String pair, String from) {
    if (config.web().map(WebConfig::users).orElse(Map.of()).isEmpty()) {
      // There are tokens only: nothing is compared that takes long.
      throw refused(from);
    }
    var colon = pair.indexOf(':');
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
      // At once where it is clear already: the queue is short.
      checkTries(wrong, from, WRONG_A_MINUTE, "from this address");
      var offered = new Offered(name, password, hash, memory, from);
      try {
        // What one source was refused for another may be let in for.
        if (!passwords.inTurn(digest(memory + from), from, () -> isLetIn(config, offered))) {
          count(Failure.PASSWORD);
          throw Refusal.unauthorized();
        }
      } catch (Passwords.Busy _) {
        count(Failure.TOO_MANY);
        throw Refusal.tooMany("too many passwords are being verified; try again in a minute");
      }
    }
    return new Caller(
        name, config.operators().contains(name), Optional.ofNullable(config.limits().get(name)));
  }

  private record Offered(
      String name, String password, Optional<String> hash, String memory, String from) {}

  /**
   * Runs when it is this one's turn: what was wrong until then counts, and what may yet prove right
   * does not. So many at once are many tries, but only if they are wrong.
   */
  private boolean isLetIn(HttpConfig config, Offered offered) {
    if (offered.hash().isPresent() && right.getIfPresent(offered.memory()) != null) {
      return true;
    }
    checkTries(wrong, offered.from(), WRONG_A_MINUTE, "from this address");
    var place = digest(offered.name() + "\0" + offered.from());
    if (known.getIfPresent(place) == null) {
      checkTries(wrongOfUser, digest(offered.name()), WRONG_OF_A_USER, "of this user");
    }
    var compared = offered.hash().orElseGet(() -> nobody(config, offered.name()));
    if (passwords.isRight(offered.password(), compared) && offered.hash().isPresent()) {
      known.put(place, true);
      right.put(offered.memory(), true);
      return true;
    }
    wrong.asMap().computeIfAbsent(offered.from(), _ -> new AtomicInteger()).incrementAndGet();
    wrongOfUser
        .asMap()
        .computeIfAbsent(digest(offered.name()), _ -> new AtomicInteger())
        .incrementAndGet();
    return false;
  }

  /** As dear as the hash of some user, and of the same for the same name. */
  private static String nobody(HttpConfig config, String name) {
    var costs =
        config.web().map(WebConfig::users).orElse(Map.of()).values().stream()
            .map(hash -> hash.reveal().substring(4, 6))
            .sorted()
            .toList();
    return costs.isEmpty()
        ? NOBODY
        : NOBODY.substring(0, 4)
            + costs.get(Math.floorMod(name.hashCode(), costs.size()))
            + NOBODY.substring(6);
  }

  private void checkTries(Cache<String, AtomicInteger> table, String key, int most, String whose) {
    var tries = table.getIfPresent(key);
    if (tries != null && tries.get() >= most) {
      count(Failure.TOO_MANY);
      throw Refusal.tooMany(
          "too many wrong passwords or tokens %s; try again in a minute".formatted(whose));
    }
  }

  private Refusal refused(String from) {
    checkTries(wrong, from, WRONG_A_MINUTE, "from this address");
    wrong.asMap().computeIfAbsent(from, _ -> new AtomicInteger()).incrementAndGet();
    count(Failure.TOKEN);
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

  /**
   * The same for what is only looked at. A browser sends no password to a name that it was not
   * typed for: where there are logins, whoever has one may come by any name, such as the address of
   * a pod that Prometheus found. A page of another site is refused all the same.
   */
  static void refuseStrangeLook(HttpServerRequest request, HttpConfig config) {
    if (!config.needsLogin() || request.getHeader("Origin") != null) {
      refuseStrangeHost(request, config);
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
