package maildrift.probes.bimi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.https.WebUrl;
import maildrift.probes.textrecord.FieldList;
import maildrift.probes.textrecord.Label;

/**
 * An assertion record at {@code default._bimi} (draft-brand-indicators-for-message-identification
 * §4.2), in the tag-list grammar of DKIM (RFC 6376 §3.2):
 *
 * <pre>
 * bimi-record = "v=BIMI1" *(";" tag) [";"]
 * l   = [https URI]            ; the logo; empty together with a: none, deliberately
 * a   = [https URI]            ; the mark certificate
 * avp = "brand" / "personal"   ; whose picture, where a mailbox has one of its own
 * lps = local-part prefixes
 * </pre>
 *
 * @param logo where there is a usable one
 * @param certificate where there is a usable one
 * @param declined the domain says that it wants no logo shown
 * @param problem half a sentence; nothing where the record is fine
 */
public record BimiRecord(
    String text,
    Optional<WebUrl> logo,
    Optional<WebUrl> certificate,
    boolean declined,
    Optional<String> problem)
    implements Label.Written {
  static final String VERSION = "v=BIMI1";

  private static final List<String> AVATARS = List.of("brand", "personal");

  public static BimiRecord parse(String text) {
    return switch (FieldList.parse(text.stripTrailing(), VERSION)) {
      case FieldList.Broken(var why) -> broken(text, why);
      case FieldList.Fields fields -> parse(text, fields);
    };
  }

  private static BimiRecord parse(String text, FieldList.Fields written) {
    var tags = new LinkedHashMap<String, String>();
    for (var field : written.fields()) {
      var name = field.name().strip().toLowerCase(Locale.ROOT);
      if (tags.put(name, field.value().strip()) != null) {
        return broken(text, FieldList.quoted(name) + " stands twice");
      }
    }
    if (!tags.containsKey("l")) {
      return broken(text, "l= is missing");
    }
    var avatar = tags.getOrDefault("avp", "brand").toLowerCase(Locale.ROOT);
    if (!AVATARS.contains(avatar)) {
      return broken(text, "avp= is %s, not brand or personal".formatted(FieldList.quoted(avatar)));
    }
    var problem = problem(tags, "l").or(() -> problem(tags, "a"));
    if (problem.isPresent()) {
      return broken(text, problem.get());
    }
    var logo = url(tags, "l");
    var certificate = url(tags, "a");
    return new BimiRecord(
        text, logo, certificate, logo.isEmpty() && certificate.isEmpty(), Optional.empty());
  }

  private static Optional<String> problem(Map<String, String> tags, String tag) {
    var value = tags.getOrDefault(tag, "");
    return !value.isEmpty() && WebUrl.parse(value) instanceof WebUrl.Unusable(var why)
        ? Optional.of("%s=%s %s".formatted(tag, FieldList.quoted(value), why))
        : Optional.empty();
  }

  private static Optional<WebUrl> url(Map<String, String> tags, String tag) {
    return WebUrl.parse(tags.getOrDefault(tag, "")) instanceof WebUrl.Usable(var url)
        ? Optional.of(url)
        : Optional.empty();
  }

  private static BimiRecord broken(String text, String problem) {
    return new BimiRecord(text, Optional.empty(), Optional.empty(), false, Optional.of(problem));
  }
}
