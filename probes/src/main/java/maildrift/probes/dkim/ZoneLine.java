package maildrift.probes.dkim;

/** A TXT record as one pastes it into a zone, in strings of at most 255 octets (RFC 1035 §3.3). */
public final class ZoneLine {
  private static final int MAX_STRING = 255;

  private ZoneLine() {}

  public static String txt(String owner, String text) {
    var line = new StringBuilder(owner).append(". IN TXT");
    var parts = Math.max(1, (text.length() + MAX_STRING - 1) / MAX_STRING);
    if (parts > 1) {
      line.append(" (");
    }
    for (var part = 0; part < parts; part++) {
      var end = Math.min(text.length(), (part + 1) * MAX_STRING);
      line.append(" \"")
          .append(
              text.substring(part * MAX_STRING, end).replace("\\", "\\\\").replace("\"", "\\\""))
          .append('"');
    }
    return parts > 1 ? line.append(" )").toString() : line.toString();
  }
}
