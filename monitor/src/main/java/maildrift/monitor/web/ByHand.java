package maildrift.monitor.web;

import java.util.Collection;
import maildrift.monitor.config.Words;
import tools.jackson.databind.JsonNode;

/** What a person writes beside a change of state: a name, a few words. */
final class ByHand {
  private ByHand() {}

  /** Who logged in is who did it; another name stands beside. */
  static String name(Caller caller, String given) {
    if (given.isEmpty() || given.equals(caller.name())) {
      return caller.name();
    }
    return caller.equals(Caller.LOCAL) ? given : "%s (as %s)".formatted(given, caller.name());
  }

  /** Without anything that moves the cursor, and not longer than that. */
  static String bounded(String what, String text, int most) {
    var bare = text.strip();
    if (bare.codePointCount(0, bare.length()) > most) {
      throw Refusal.badRequest("%s may have at most %d characters".formatted(what, most));
    }
    if (bare.codePoints().anyMatch(ByHand::isUnseen)) {
      throw Refusal.badRequest(what + " may not have control characters or line ends");
    }
    return bare;
  }

  /** A text of the body, empty where it is left out. */
  static String text(JsonNode body, String name) {
    var value = body.path(name);
    if (!value.isMissingNode() && !value.isString()) {
      throw Refusal.badRequest(name + " must be a text");
    }
    return value.asString("");
  }

  /** Whatever else stands in a body is a slip. */
  static void onlyWith(JsonNode body, String what, Collection<String> known) {
    for (var property : body.properties()) {
      if (!known.contains(property.getKey())) {
        throw Refusal.badRequest(
            "%s has %s, not '%s'"
                .formatted(what, String.join(" and ", known), Words.shortened(property.getKey())));
      }
    }
  }

  /** What moves the cursor, or turns the direction of what stands beside it. */
  private static boolean isUnseen(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
