package maildrift.probes.dkim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * RFC 6376 §3.2:
 *
 * <pre>
 * tag-list  = tag-spec *( ";" tag-spec ) [ ";" ]
 * tag-spec  = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS]
 * tag-name  = ALPHA *ALNUMPUNC
 * tag-value = [ tval *( 1*(WSP / FWS) tval ) ]
 * tval      = 1*VALCHAR                       ; %x21-3A / %x3C-7E
 * </pre>
 *
 * Names and values are case-sensitive; a name that occurs twice spoils the whole list.
 */
record TagList(List<Tag> tags, List<Problem> problems) {

  /** A hostile record must not fill an alert. */
  private static final int MAX_PROBLEMS = 8;

  TagList {
    tags = List.copyOf(tags);
    problems = List.copyOf(problems);
  }

  /**
   * @param position of the value's first character, from 1
   */
  record Tag(String name, String value, int position) {}

  Optional<Tag> tag(String name) {
    return tags.stream().filter(tag -> tag.name().equals(name)).findFirst();
  }

  static TagList parse(String text) {
    var tags = new ArrayList<Tag>();
    var problems = new ArrayList<Problem>();
    var names = new HashSet<String>();
    var start = 0;
    while (start <= text.length() && problems.size() < MAX_PROBLEMS) {
      var semicolon = text.indexOf(';', start);
      var end = semicolon < 0 ? text.length() : semicolon;
      if (isBlank(text, start, end)) {
        if (semicolon >= 0) {
          problems.add(new Problem(end + 1, "an empty tag before ';'", false));
        } else if (tags.isEmpty()) {
          problems.add(new Problem(1, "an empty record", true));
        }
      } else {
        tagSpec(text, start, end, tags, names, problems);
      }
      start = end + 1;
    }
    return new TagList(tags, problems);
  }

  private static void tagSpec(
      String text,
      int start,
      int end,
      List<Tag> tags,
      HashSet<String> names,
      List<Problem> problems) {
    var nameStart = skipSpace(text, start, end);
    var nameEnd = nameStart;
    while (nameEnd < end && isNameChar(text.charAt(nameEnd), nameEnd == nameStart)) {
      nameEnd++;
    }
    if (nameEnd == nameStart) {
      var found = text.charAt(nameStart);
      problems.add(
          new Problem(
              nameStart + 1,
              found == '"'
                  ? "a quotation mark that became part of the record"
                  : "a tag name expected, found " + shown(found),
              true));
      return;
    }
    var equals = skipSpace(text, nameEnd, end);
    if (equals == end || text.charAt(equals) != '=') {
      problems.add(
          new Problem(
              equals + 1, "'=' expected after " + shortened(text, nameStart, nameEnd), true));
      return;
    }
    var name = text.substring(nameStart, nameEnd);
    var valueStart = skipSpace(text, equals + 1, end);
    var valueEnd = end;
    while (valueEnd > valueStart && isSpace(text.charAt(valueEnd - 1))) {
      valueEnd--;
    }
    for (var i = valueStart; i < valueEnd; i++) {
      var c = text.charAt(i);
      if (!isSpace(c) && (c < 0x21 || c > 0x7e)) {
        problems.add(new Problem(i + 1, shown(c) + " in the value of " + shortened(name), true));
        return;
      }
    }
    if (!names.add(name)) {
      problems.add(
          new Problem(
              nameStart + 1,
              "a second " + shortened(name) + "=, which spoils the whole record",
              true));
      return;
    }
    tags.add(new Tag(name, text.substring(valueStart, valueEnd), valueStart + 1));
  }

  private static boolean isBlank(String text, int start, int end) {
    return skipSpace(text, start, end) == end;
  }

  private static int skipSpace(String text, int start, int end) {
    var at = start;
    while (at < end && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isNameChar(char c, boolean first) {
    var alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alpha || (!first && ((c >= '0' && c <= '9') || c == '_'));
  }

  /** A character for a message: printable ones in quotes, others by number. */
  static String shown(char c) {
    return c > 0x20 && c < 0x7f ? "'" + c + "'" : "character code " + (int) c;
  }

  private static String shortened(String text, int start, int end) {
    return shortened(text.substring(start, end));
  }

  private static String shortened(String name) {
    return name.length() <= 32 ? name : name.substring(0, 32) + "…";
  }
}
