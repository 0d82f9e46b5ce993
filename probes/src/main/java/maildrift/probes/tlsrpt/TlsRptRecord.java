package maildrift.probes.tlsrpt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.probes.textrecord.FieldList;
import maildrift.probes.textrecord.Label;

/**
 * The record at {@code _smtp._tls} (RFC 8460 §3), in the grammar of {@link FieldList}:
 *
 * <pre>
 * tlsrpt-version = %s"v=TLSRPTv1"
 * tlsrpt-field   = tlsrpt-rua / tlsrpt-extension
 * tlsrpt-rua     = %s"rua=" tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
 * tlsrpt-uri     = URI  ; of RFC 3986, with , ! ; percent-encoded
 * </pre>
 *
 * The schemes are mailto and https; a URI of another scheme is one that nobody sends to. The
 * grammar lets a field stand twice; the first rua counts.
 *
 * @param rua where reports go, as written; empty where the record is broken
 * @param problem half a sentence; nothing where the record is fine
 */
public record TlsRptRecord(String text, List<String> rua, Optional<String> problem)
    implements Label.Written {
  static final String VERSION = "v=TLSRPTv1";

  private static final int MAX_URIS = 32;

  public TlsRptRecord {
    rua = List.copyOf(rua);
  }

  public static TlsRptRecord parse(String text) {
    return switch (FieldList.parse(text, VERSION)) {
      case FieldList.Broken(var why) -> broken(text, why);
      case FieldList.Fields fields -> parse(text, fields);
    };
  }

  private static TlsRptRecord parse(String text, FieldList.Fields written) {
    var rua = Optional.<List<String>>empty();
    for (var field : written.fields()) {
      if (field.name().equals("rua")) {
        var uris = uris(field.value());
        var wrong = uris.stream().filter(uri -> !ReportUri.isUri(uri)).findFirst();
        if (wrong.isPresent()) {
          return broken(text, FieldList.quoted(wrong.get()) + " is no mailto: or https: address");
        }
        rua = rua.isPresent() ? rua : Optional.of(uris);
      } else if (!field.isExtension()) {
        return broken(text, field + " is no field");
      }
    }
    if (rua.isEmpty()) {
      return broken(text, "rua= is missing");
    }
    return rua.get().stream().anyMatch(ReportUri::isSupported)
        ? new TlsRptRecord(text, rua.get(), Optional.empty())
        : broken(
            text,
            FieldList.quoted(rua.get().getFirst()) + " is neither a mailto: nor an https: address");
  }

  private static TlsRptRecord broken(String text, String problem) {
    return new TlsRptRecord(text, List.of(), Optional.of(problem));
  }

  /** Between commas, without the white space around them. */
  private static List<String> uris(String value) {
    var uris = new ArrayList<String>();
    for (var at = 0; at <= value.length() && uris.size() < MAX_URIS; ) {
      var comma = value.indexOf(',', at);
      var end = comma < 0 ? value.length() : comma;
      var from = at;
      var to = end;
      // A comma stands on that side; at the ends of the list no white space may.
      while (from > 0 && from < to && isSpace(value.charAt(from))) {
        from++;
      }
      while (comma >= 0 && to > from && isSpace(value.charAt(to - 1))) {
        to--;
      }
      uris.add(value.substring(from, to));
      at = end + 1;
    }
    return uris;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }
}
