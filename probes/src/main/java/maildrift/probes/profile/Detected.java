package maildrift.probes.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.probes.domain.Role;

/**
 * A profile that a domain's DNS looks like.
 *
 * @param role what the provider seems to do for it
 * @param parameters region, variant and what else could be told
 * @param confidence how sure that is
 * @param because what matched
 * @param against what does not fit, or could not be told
 */
public record Detected(
    Profile profile,
    Role role,
    Map<String, String> parameters,
    Evidence.Confidence confidence,
    List<String> because,
    List<String> against) {

  public Detected {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    because = List.copyOf(because);
    against = List.copyOf(against);
  }
}
