package maildrift.alerts.route;

import java.util.function.Function;
import maildrift.alerts.Labels;

/**
 * Where a person finds more.
 *
 * @param externalUrl of maildrift's page, as a browser of the receiver's people reaches it
 * @param generator of the page that shows what an alert with these labels is about
 */
public record Links(String externalUrl, Function<Labels, String> generator) {
  /** Every alert points at the page itself. */
  public static Links to(String externalUrl) {
    return new Links(externalUrl, _ -> externalUrl);
  }
}
