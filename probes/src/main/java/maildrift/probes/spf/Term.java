package maildrift.probes.spf;

import java.util.Optional;
import maildrift.probes.network.Cidr;

/** One term of a record (RFC 7208 §4.6.1): {@code terms = *( 1*SP ( directive / modifier ) )}. */
public sealed interface Term {

  /** As written. */
  String text();

  /** Where it starts in the joined record, from 0. */
  int offset();

  /** {@code directive = [ qualifier ] mechanism}. */
  record Directive(Qualifier qualifier, Mechanism mechanism, String text, int offset)
      implements Term {}

  /** {@code redirect = "redirect" "=" domain-spec} (§6.1). */
  record Redirect(DomainSpec target, String text, int offset) implements Term {}

  /** {@code explanation = "exp" "=" domain-spec} (§6.2). */
  record Explanation(DomainSpec target, String text, int offset) implements Term {}

  /** {@code unknown-modifier = name "=" macro-string}: ignored (§6). */
  record Unknown(String name, MacroString value, String text, int offset) implements Term {}

  /** What a directive matches (§5). */
  sealed interface Mechanism {}

  /** Always matches (§5.1). */
  record All() implements Mechanism {}

  /** Matches where the other name's record passes (§5.2). */
  record Include(DomainSpec target) implements Mechanism {}

  /** Matches the addresses of a name; of the domain itself without one (§5.3). */
  record A(Optional<DomainSpec> target, DualCidr prefixes) implements Mechanism {}

  /** Matches the addresses of a name's MX hosts (§5.4). */
  record Mx(Optional<DomainSpec> target, DualCidr prefixes) implements Mechanism {}

  /** Matches by reverse names; "should not be published" (§5.5). */
  record Ptr(Optional<DomainSpec> target) implements Mechanism {}

  /** Matches an IPv4 network (§5.6). */
  record Ip4(Cidr network) implements Mechanism {}

  /** Matches an IPv6 network (§5.6). */
  record Ip6(Cidr network) implements Mechanism {}

  /** Matches where the expanded name has an A record (§5.7). */
  record Exists(DomainSpec target) implements Mechanism {}

  /** {@code dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]} (§5.3). */
  record DualCidr(int ip4, int ip6) {
    static final DualCidr SINGLE = new DualCidr(32, 128);

    /** The network around an address, by its family. */
    Cidr around(byte[] address) {
      return Cidr.of(address, address.length == 4 ? ip4 : ip6);
    }
  }

  /** Whether it costs one of the ten lookups (§4.6.4). */
  default boolean asks() {
    return switch (this) {
      case Directive directive ->
          switch (directive.mechanism) {
            case Include _, A _, Mx _, Ptr _, Exists _ -> true;
            case All _, Ip4 _, Ip6 _ -> false;
          };
      case Redirect _ -> true;
      case Explanation _, Unknown _ -> false;
    };
  }

  /** The name that it speaks of, where it is written. */
  default Optional<DomainSpec> names() {
    return switch (this) {
      case Directive directive ->
          switch (directive.mechanism) {
            case Include include -> Optional.of(include.target);
            case Exists exists -> Optional.of(exists.target);
            case A a -> a.target;
            case Mx mx -> mx.target;
            case Ptr ptr -> ptr.target;
            case All _, Ip4 _, Ip6 _ -> Optional.empty();
          };
      case Redirect redirect -> Optional.of(redirect.target);
      case Explanation explanation -> Optional.of(explanation.target);
      case Unknown _ -> Optional.empty();
    };
  }

  /** Whether it is {@code all}. */
  default boolean isAll() {
    return this instanceof Directive directive && directive.mechanism instanceof All;
  }
}
