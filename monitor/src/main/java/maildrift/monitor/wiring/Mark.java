package maildrift.monitor.wiring;

import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What tells one configuration of something from another, over restarts: two octets of a digest of
 * all that it is made of. Enough to see a change, and not enough to try out secrets on.
 */
final class Mark {
  private static final int OCTETS = 2;

  private Mark() {}

  static String of(Object configured) {
    var text = new StringBuilder();
    spell(configured, text);
    try {
      var digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, OCTETS));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void spell(Object value, StringBuilder text) {
    switch (value) {
      case Record made -> {
        text.append(made.getClass().getName()).append('(');
        for (var component : made.getClass().getRecordComponents()) {
          spell(of(component, made), text);
          text.append(';');
        }
        text.append(')');
      }
      case Optional<?> maybe ->
          maybe.ifPresentOrElse(own -> spell(own, text), () -> text.append('-'));
      case Collection<?> many ->
          many.forEach(
              one -> {
                spell(one, text);
                text.append(',');
              });
      case Map<?, ?> map -> {
        var ordered = new TreeMap<String, Object>();
        map.forEach((key, own) -> ordered.put(String.valueOf(key), own));
        ordered.forEach(
            (key, own) -> {
              text.append(key).append('=');
              spell(own, text);
              text.append(',');
            });
      }
      case Enum<?> word -> text.append(word.name());
      default -> text.append(value);
    }
  }

  private static Object of(RecordComponent component, Record made) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(made);
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
