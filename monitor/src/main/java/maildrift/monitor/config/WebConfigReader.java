package maildrift.monitor.config;

import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import maildrift.monitor.config.WebConfig.ClientAuth;

/**
 * Reads the web configuration file of Prometheus' exporter-toolkit, so that an operator can use the
 * very file that his exporters use. What has no effect here is a warning, so that nothing is
 * silently weaker than it looks.
 */
final class WebConfigReader {
  /** Each step doubles the time; 14 takes about a second. */
  private static final int HIGHEST_COST = 14;

  private static final int LARGEST_CERTIFICATE = 1 << 20;
  private static final Set<String> SUITES = Set.copyOf(suites());

  private final Reading reading;

  WebConfigReader(Reading reading) {
    this.reading = reading;
  }

  Optional<WebConfig> read(Text file) {
    var source = file.place().source().sibling(file.value());
    var text = reading.file(source, file.place(), "web_config_file", Reading.LARGEST_SECRET);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var root =
        Yaml.read(source, text.get(), reading::problem)
            .orElseGet(() -> new Node.Mapping(source.start(), List.of()));
    var section = Section.of(reading, "web_config_file:", source.shown(), root);
    var tls = section.has("tls_server_config") ? tls(section) : Optional.<WebConfig.Tls>empty();
    if (!section.has("tls_server_config")) {
      tls(section, new Node.Mapping(root.place(), List.of()));
    }
    var http = section.section("http_server_config");
    var http2 = http.flag("http2", true);
    var headers = headers(http.section("headers"));
    http.end();
    var users = users(section.section("basic_auth_users"));
    warnOfNoEffect(section, "rate_limit");
    section.end();
    return Optional.of(new WebConfig(source.path(), tls, users, http2, headers));
  }

  /** The file may serve exporters too; what they know and we do not is said, and no error. */
  private void warnOfNoEffect(Section section, String key) {
    if (section.has(key)) {
      reading.warning(section.placeOf(key), "%s has no effect on maildrift".formatted(key));
    }
  }

  private Optional<WebConfig.Tls> tls(Section section) {
    return tls(section, section.node("tls_server_config").orElseThrow());
  }

  private Optional<WebConfig.Tls> tls(Section outer, Node node) {
    var written = outer.has("tls_server_config");
    var section = Section.of(reading, outer.under("tls_server_config"), "tls_server_config", node);
    var certificate = existing(section, "cert_file");
    var key = existing(section, "key_file");
    if (written && !section.has("cert_file")) {
      section.lacks("cert_file");
    }
    if (written && !section.has("key_file")) {
      section.lacks("key_file");
    }
    var clientAuth =
        section
            .choice("client_auth_type", ClientAuth.values(), ClientAuth::word)
            .orElse(ClientAuth.NO_CLIENT_CERT);
    var clientCa = existing(section, "client_ca_file");
    var sans = section.texts("client_allowed_sans").stream().map(Text::value).toList();
    var least = version(section, "min_version", "TLSv1.2");
    var most = version(section, "max_version", "TLSv1.3");
    var suites = section.texts("cipher_suites").stream().flatMap(this::suite).toList();
    warnOfNoEffect(section, "prefer_server_cipher_suites");
    warnOfNoEffect(section, "curve_preferences");
    section.end();
    if (least.compareTo(most) > 0) {
      section.problem("max_version", "max_version is below min_version");
    }
    var verifies =
        clientAuth == ClientAuth.VERIFY_CLIENT_CERT_IF_GIVEN
            || clientAuth == ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT;
    if (verifies && !section.has("client_ca_file")) {
      section.problem(
          "client_auth_type",
          "client_auth_type: '%s' needs a client_ca_file to verify with"
              .formatted(clientAuth.word()));
    }
    if (!verifies && section.has("client_ca_file")) {
      section.problem(
          "client_ca_file",
          "client_ca_file is used only with client_auth_type: VerifyClientCertIfGiven or RequireAndVerifyClientCert");
    }
    if (!verifies && !sans.isEmpty()) {
      section.problem(
          "client_allowed_sans",
          "client_allowed_sans is used only with client_auth_type: VerifyClientCertIfGiven or RequireAndVerifyClientCert");
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new WebConfig.Tls(
            certificate.get(), key.get(), clientAuth, clientCa, sans, least, most, suites));
  }

  /** Go and Java both use IANA's names; what Java does not know would fail at each handshake. */
  private Stream<String> suite(Text text) {
    if (SUITES.contains(text.value())) {
      return Stream.of(text.value());
    }
    reading.problem(
        text.place(),
        "%s is no cipher suite that this Java allows%s"
            .formatted(text.shown(), Words.hint(text.value(), List.copyOf(SUITES))));
    return Stream.empty();
  }

  private static List<String> suites() {
    try {
      return List.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private Optional<Path> existing(Section section, String key) {
    return section
        .text(key)
        .flatMap(
            file -> {
              var source = file.place().source().sibling(file.value());
              return reading
                  .bytes(source, file.place(), key, LARGEST_CERTIFICATE)
                  .map(_ -> source.path());
            });
  }

  private String version(Section section, String key, String byDefault) {
    var text = section.text(key);
    if (text.isEmpty()) {
      return byDefault;
    }
    return switch (text.get().value()) {
      case "TLS12" -> "TLSv1.2";
      case "TLS13" -> "TLSv1.3";
      case "TLS10", "TLS11" -> {
        reading.problem(
            text.get().place(),
            "%s: '%s' is broken (RFC 8996); write TLS12 or TLS13"
                .formatted(key, text.get().value()));
        yield byDefault;
      }
      default -> {
        reading.problem(
            text.get().place(),
            "unknown %s %s%s"
                .formatted(
                    key,
                    text.get().shown(),
                    Words.hint(text.get().value(), List.of("TLS12", "TLS13"))));
        yield byDefault;
      }
    };
  }

  private Map<String, String> headers(Section section) {
    var headers = new LinkedHashMap<String, String>();
    for (var name :
        List.of(
            "Content-Security-Policy",
            "X-Frame-Options",
            "X-Content-Type-Options",
            "X-XSS-Protection",
            "Strict-Transport-Security")) {
      section
          .text(name)
          .ifPresent(
              text -> {
                if (text.value().chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
                  reading.problem(text.place(), "%s may hold printable ASCII only".formatted(name));
                } else {
                  headers.put(name, text.value());
                }
              });
    }
    section.end();
    return headers;
  }

  private Map<String, Secret> users(Section section) {
    var users = new LinkedHashMap<String, Secret>();
    for (var entry : new ArrayList<>(section.entries())) {
      if (entry.key().isBlank() || entry.key().indexOf(':') >= 0) {
        reading.problem(
            entry.place(),
            "'%s' is no user name; it may not be empty nor hold a colon"
                .formatted(Words.shortened(entry.key())));
      } else if (entry.value() instanceof Node.Scalar hash
          && isBcrypt(hash.text())
          && cost(hash.text()) > HIGHEST_COST) {
        reading.problem(
            entry.value().place(),
            "the bcrypt hash of '%s' has the cost %d, which takes seconds a login; at most %d"
                .formatted(Words.shortened(entry.key()), cost(hash.text()), HIGHEST_COST));
      } else if (entry.value() instanceof Node.Scalar hash && isBcrypt(hash.text())) {
        users.put(entry.key(), new Secret(hash.text()));
      } else {
        reading.problem(
            entry.value().place(),
            "the password of '%s' must be a bcrypt hash ($2y$…); make one with: htpasswd -nBC 10 '' | tr -d ':'"
                .formatted(Words.shortened(entry.key())));
      }
    }
    return users;
  }

  private static int cost(String hash) {
    return Integer.parseInt(hash.substring(4, 6));
  }

  /** {@code $2a$}, {@code $2b$} or {@code $2y$}, cost, 22 characters of salt and 31 of hash. */
  private static boolean isBcrypt(String text) {
    return text.length() == 60
        && text.charAt(0) == '$'
        && text.charAt(1) == '2'
        && "aby".indexOf(text.charAt(2)) >= 0
        && text.charAt(3) == '$'
        && Character.digit(text.charAt(4), 4) >= 0
        && Character.digit(text.charAt(5), 10) >= 0
        && text.charAt(6) == '$'
        && text.substring(7)
            .chars()
            .allMatch(
                c ->
                    (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '.'
                        || c == '/');
  }
}
