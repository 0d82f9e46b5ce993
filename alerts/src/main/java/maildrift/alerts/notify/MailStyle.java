package maildrift.alerts.notify;

/**
 * How mails look, whoever writes them: mail programs take styles at each element, and a sheet only
 * for what darkness and narrow windows need.
 */
public final class MailStyle {
  /** What stands before the title. */
  public static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="supported-color-schemes" content="light dark">
      """;

  public static final String SHEET =
      """
      @media (prefers-color-scheme: dark) {
        .page { background: #14171c !important; color: #e6e9ee !important; }
        .card { background: #1e2229 !important; }
        .card { border-left-color: #333a45 !important; border-right-color: #333a45 !important; }
        .card { border-bottom-color: #333a45 !important; }
        .dim { color: #9aa5b4 !important; }
        .rule, .row { border-color: #333a45 !important; }
        .code { background: #14171c !important; border-color: #333a45 !important; color: #e6e9ee !important; }
        .old { background: #3b1f22 !important; color: #ffc9cc !important; }
        .new { background: #183526 !important; color: #bdf0d0 !important; }
        .link { color: #8ab8ff !important; }
      }
      @media (max-width: 520px) {
        .page { padding: 0 !important; }
        .card { border-radius: 0 !important; padding: 14px !important; }
        .side { display: block !important; width: auto !important; padding: 0 0 4px !important; }
      }
      """;

  public static final String PAGE =
      "margin:0;padding:20px 8px;background:#eef1f5;color:#1d2430;"
          + "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
          + "font-size:15px;line-height:1.45";

  public static final String CARD =
      "max-width:680px;margin:0 auto;padding:20px 24px;background:#ffffff;border:1px solid #d8dee6;border-radius:6px;";

  /** Its colour follows. */
  public static final String BADGE =
      "display:inline-block;margin-right:8px;padding:0 7px;border-radius:3px;color:#ffffff;font-size:12px;line-height:20px;vertical-align:1px;background:";

  public static final String OLD = "background:#fdecec;color:#7a1a1f";
  public static final String NEW = "background:#e6f6ec;color:#14532d";
  public static final String CODE_FONT =
      "font-family:ui-monospace,SFMono-Regular,Consolas,monospace;font-size:13px;";

  private MailStyle() {}

  /** Of a severity or a verdict. */
  public static String color(String word) {
    return switch (word) {
      case "critical", "fail" -> "#c62828";
      case "warning", "warn" -> "#b26a00";
      case "info" -> "#1565c0";
      case "pass" -> "#2e7d32";
      default -> "#5b6675";
    };
  }
}
