package maildrift.probes.mtasts;

import java.util.Optional;
import maildrift.probes.textrecord.FieldList;
import maildrift.probes.textrecord.Label;

/**
 * The record at {@code _mta-sts} (RFC 8461 §3.1), in the grammar of {@link FieldList}:
 *
 * <pre>
 * sts-version = %s"v=STSv1"
 * sts-field   = sts-id / sts-extension
 * sts-id      = %s"id=" 1*32(ALPHA / DIGIT)
 * </pre>
 *
 * A second id is ignored (§3.2: of a doubled field the first counts).
 *
 * @param id changes with every new policy; nothing where the record is broken
 * @param problem half a sentence; nothing where the record is fine
 */
public record StsRecord(String text, Optional<String> id, Optional<String> problem)
    implements Label.Written {
  static final String VERSION = "v=STSv1";

  private static final int MAX_ID = 32;

  public static StsRecord parse(String text) {
    return switch (FieldList.parse(text, VERSION)) {
      case FieldList.Broken(var why) -> broken(text, why);
      case FieldList.Fields fields -> parse(text, fields);
    };
  }

  private static StsRecord parse(String text, FieldList.Fields written) {
    var id = Optional.<String>empty();
    for (var field : written.fields()) {
      if (field.name().equals("id") && id.isEmpty()) {
        if (!isId(field.value())) {
          return broken(
              text,
              "id= must be 1 to 32 letters and digits, not " + FieldList.quoted(field.value()));
        }
        id = Optional.of(field.value());
      } else if (!field.isExtension()) {
        return broken(text, field + " is no field");
      }
    }
    return id.isPresent()
        ? new StsRecord(text, id, Optional.empty())
        : broken(text, "id= is missing");
  }

  private static StsRecord broken(String text, String problem) {
    return new StsRecord(text, Optional.empty(), Optional.of(problem));
  }

  private static boolean isId(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_ID
        && value.chars().allMatch(FieldList::isAlphanumeric);
  }
}
