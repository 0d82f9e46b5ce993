package maildrift.probes;

import java.time.Instant;
import java.util.Map;
import maildrift.probes.network.Cidr;

/**
 * What a judgement may need besides the observation.
 *
 * @param now the time of the look
 * @param withdrawn per netblock source (SPF name in lower case): networks that maildrift once saw
 *     published there and that are no longer, with the time it first saw them gone
 */
public record Context(Instant now, Map<String, Map<Cidr, Instant>> withdrawn) {

  public static Context at(Instant now) {
    return new Context(now, Map.of());
  }
}
