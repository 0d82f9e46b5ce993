package maildrift.probes.caa;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/** Which names certification authorities have in CAA records; {@code authorities.txt} says. */
final class Authorities {
  private static final String FILE = "authorities.txt";
  private static final Map<String, Authority> BY_ORGANISATION = read();

  private Authorities() {}

  /**
   * One authority.
   *
   * @param organisation as in its certificates
   * @param names any of them authorises it
   */
  record Authority(String organisation, Set<String> names) {
    Authority {
      names = java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(names));
    }

    /** The name to publish. */
    String name() {
      return names.iterator().next();
    }
  }

  /** Who issued it; empty when the issuer is not listed: then nothing is said. */
  static Optional<Authority> issuerOf(X509Certificate certificate) {
    return organisation(certificate.getIssuerX500Principal())
        .map(name -> BY_ORGANISATION.get(name.toLowerCase(Locale.ROOT)));
  }

  private static Optional<String> organisation(X500Principal principal) {
    try {
      for (var rdn : new LdapName(principal.getName(X500Principal.RFC2253)).getRdns()) {
        var value = organisation(rdn);
        if (value.isPresent()) {
          return value;
        }
      }
      return Optional.empty();
    } catch (InvalidNameException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> organisation(Rdn rdn) {
    try {
      var attribute = rdn.toAttributes().get("O");
      return attribute != null && attribute.get() instanceof String text
          ? Optional.of(text.strip())
          : Optional.empty();
    } catch (NamingException _) {
      return Optional.empty();
    }
  }

  /**
   * Reads the table.
   *
   * @throws IllegalStateException for a line that is none: a mistake in the build
   */
  private static Map<String, Authority> read() {
    var table = new LinkedHashMap<String, Authority>();
    try (var in = Authorities.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing");
      }
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .forEach(
              line -> {
                var bar = line.indexOf('|');
                if (bar < 0) {
                  throw new IllegalStateException("no | in " + FILE + ": " + line);
                }
                var organisation = line.substring(0, bar).strip();
                var names =
                    new java.util.LinkedHashSet<>(
                        java.util.List.of(line.substring(bar + 1).strip().split(" ", -1)));
                table.put(
                    organisation.toLowerCase(Locale.ROOT), new Authority(organisation, names));
              });
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return Map.copyOf(table);
  }
}
