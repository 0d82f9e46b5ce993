package maildrift.alerts.notify;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import maildrift.alerts.notify.ReceiverKind.Form;
import maildrift.alerts.notify.ReceiverKind.Option;
import maildrift.alerts.notify.http.Request;

/**
 * The settings of one receiver as they were parsed: texts, booleans, lists. Every reader throws
 * IllegalArgumentException with what would have been right, and never with a secret.
 *
 * @param folder that relative file names start at
 */
public record Settings(Map<String, Object> values, Path folder) {
  public Settings {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  void check(List<Option> options) {
    for (var name : values.keySet()) {
      if (options.stream()
          .noneMatch(
              option ->
                  option.name().equals(name)
                      || (option.form() == Form.SECRET
                          && (option.name() + "_file").equals(name)))) {
        throw new IllegalArgumentException(
            "unknown key \"%s\"; there are %s"
                .formatted(
                    name, String.join(", ", options.stream().map(Option::name).sorted().toList())));
      }
    }
    for (var option : options) {
      if (option.required()
          && !values.containsKey(option.name())
          && !(option.form() == Form.SECRET && values.containsKey(option.name() + "_file"))) {
        throw new IllegalArgumentException("\"" + option.name() + "\" is missing");
      }
    }
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(value -> text(name, value));
  }

  /** One text, or several; none: an empty list. */
  public List<String> texts(String name) {
    return switch (values.get(name)) {
      case null -> List.of();
      case Collection<?> several -> several.stream().map(value -> text(name, value)).toList();
      case Object one -> List.of(text(name, one));
    };
  }

  public boolean flag(String name, boolean otherwise) {
    return switch (values.get(name)) {
      case null -> otherwise;
      case Boolean value -> value;
      case Object value when value.equals("true") || value.equals("false") -> value.equals("true");
      default -> throw new IllegalArgumentException(name + " must be true or false");
    };
  }

  public Duration duration(String name, Duration otherwise) {
    return text(name).map(value -> duration(name, value)).orElse(otherwise);
  }

  /** The secret itself, or one in a file. */
  public Optional<Secret> secret(String name) {
    var file = text(name + "_file");
    if (file.isPresent()) {
      if (values.containsKey(name)) {
        throw new IllegalArgumentException(
            "%s and %s_file say the same; one of them is enough".formatted(name, name));
      }
      return Optional.of(Secret.in(folder.resolve(file.get())));
    }
    return text(name).map(Secret::of);
  }

  /** Web addresses that we can send to. */
  public List<URI> uris(String name) {
    return texts(name).stream().map(value -> uri(name, value)).toList();
  }

  private static URI uri(String name, String value) {
    try {
      return Request.check(new URI(value));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(name + " is not a web address: " + e.getReason(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static String text(String name, Object value) {
    return switch (value) {
      case String text -> text;
      case Number number -> number.toString();
      default -> throw new IllegalArgumentException(name + " must be a text");
    };
  }

  /** {@code 1h30m}, {@code 500ms}. */
  private static Duration duration(String name, String value) {
    var total = Duration.ZERO;
    var at = 0;
    while (at < value.length()) {
      var digits = at;
      while (at < value.length() && Character.isDigit(value.charAt(at))) {
        at++;
      }
      var unit = at;
      while (at < value.length() && !Character.isDigit(value.charAt(at))) {
        at++;
      }
      if (unit == digits || unit - digits > 9) {
        throw notADuration(name);
      }
      var amount = Long.parseLong(value.substring(digits, unit));
      total =
          total.plus(
              switch (value.substring(unit, at)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                case "d" -> Duration.ofDays(amount);
                case "w" -> Duration.ofDays(7 * amount);
                default -> throw notADuration(name);
              });
    }
    if (total.isZero()) {
      throw notADuration(name);
    }
    return total;
  }

  private static IllegalArgumentException notADuration(String name) {
    return new IllegalArgumentException(name + " must be a duration such as 30s or 5m");
  }
}
