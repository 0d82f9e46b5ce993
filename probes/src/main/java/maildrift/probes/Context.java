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
 * @param memory of this domain's records. A judgement that was told something by it may come out
 *     differently when time has passed, and is not recalled
 */
public record Context(Instant now, Map<String, Map<Cidr, Instant>> withdrawn, Memory memory) {

  public Context(Instant now, Map<String, Map<Cidr, Instant>> withdrawn) {
    this(now, withdrawn, Memory.NOTHING);
  }

  public Context memory(Memory value) {
    return new Context(now, withdrawn, value);
  }

  public static Context at(Instant now) {
    return new Context(now, Map.of());
  }
}
