package maildrift.monitor.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.domain.Role;

/**
 * A profile as it is used for a domain, in the configuration or on the command line ({@code
 * --profile mimecast:region=de,role=inbound}).
 *
 * @param name of the profile
 * @param role what the provider does for the domain; empty: what the profile usually is
 * @param parameters {@code region}, {@code variant} and what else the profile takes
 */
public record ProfileUse(String name, Optional<Role> role, Map<String, String> parameters) {

  public ProfileUse {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /**
   * Reads {@code name} or {@code name:key=value,key=value}.
   *
   * @throws IllegalArgumentException that repeats what was written and says what is wrong
   */
  public static ProfileUse parse(String written) {
    var colon = written.indexOf(':');
    var name = (colon < 0 ? written : written.substring(0, colon)).strip();
    if (name.isEmpty()) {
      throw wrong(written);
    }
    Optional<Role> role = Optional.empty();
    var parameters = new LinkedHashMap<String, String>();
    var rest = colon < 0 ? List.<String>of() : List.of(written.substring(colon + 1).split(",", -1));
    for (var part : rest) {
      var equals = part.indexOf('=');
      if (equals < 0) {
        throw wrong(written);
      }
      var key = part.substring(0, equals).strip();
      var value = part.substring(equals + 1).strip();
      if (key.isEmpty() || value.isEmpty()) {
        throw wrong(written);
      }
      if (key.equals("role")) {
        role = Optional.of(role(value));
      } else if (parameters.putIfAbsent(key, value) != null) {
        throw new IllegalArgumentException("'%s' sets %s twice".formatted(written, key));
      }
    }
    return new ProfileUse(name, role, parameters);
  }

  private static IllegalArgumentException wrong(String written) {
    return new IllegalArgumentException(
        "'%s' is not a profile; write for example mimecast or mimecast:region=de,role=inbound"
            .formatted(Words.shortened(written)));
  }

  private static Role role(String word) {
    for (var role : Role.values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    var words = java.util.Arrays.stream(Role.values()).map(Role::word).toList();
    throw new IllegalArgumentException(
        "unknown role '%s'%s".formatted(Words.shortened(word), Words.hint(word, words)));
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    var all = new LinkedHashMap<>(parameters);
    role.ifPresent(value -> all.put("role", value.word().toLowerCase(Locale.ROOT)));
    return all.isEmpty()
        ? name
        : name
            + ":"
            + String.join(
                ",", all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}
