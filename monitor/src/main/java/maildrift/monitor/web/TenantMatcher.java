package maildrift.monitor.web;

import com.google.common.base.Splitter;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import maildrift.alerts.Matcher;

/** The matcher that keeps a silence within tenants. */
public final class TenantMatcher {
  private static final String TENANT = "tenant";

  private TenantMatcher() {}

  /** Whether these can match nothing of another tenant. */
  public static boolean isWithin(List<Matcher> matchers, Set<String> tenants) {
    return matchers.stream().anyMatch(matcher -> keepsWithin(matcher, tenants));
  }

  /**
   * One tenant, or several of them written out as {@link #of} does: what another expression matches
   * is not worked out.
   */
  private static boolean keepsWithin(Matcher matcher, Set<String> tenants) {
    if (!matcher.name().equals(TENANT)) {
      return false;
    }
    return switch (matcher.operator()) {
      case EQUAL -> tenants.contains(matcher.value());
      case MATCHES ->
          matcher.equals(of(tenants))
              || Splitter.on('|')
                  .splitToStream(matcher.value())
                  .allMatch(one -> tenants.contains(one) && one.equals(Pattern.quote(one)));
      case NOT_EQUAL, MATCHES_NOT -> false;
    };
  }

  /** The same matchers, and one more where they could match what is another tenant's. */
  static List<Matcher> within(List<Matcher> matchers, Set<String> tenants) {
    if (isWithin(matchers, tenants)) {
      return matchers;
    }
    var all = new ArrayList<>(matchers);
    all.add(of(tenants));
    return all;
  }

  private static Matcher of(Set<String> tenants) {
    return tenants.size() == 1
        ? Matcher.equal(TENANT, tenants.iterator().next())
        : new Matcher(
            TENANT,
            Matcher.Operator.MATCHES,
            tenants.stream().sorted().map(Pattern::quote).collect(Collectors.joining("|")));
  }
}
