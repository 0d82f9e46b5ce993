package maildrift.probes.gateway;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import maildrift.probes.dns.DnsName;
import maildrift.probes.network.Cidr;

/**
 * Whether a reverse name is made of its address, as providers give them by the thousand: {@code
 * 203-0-113-7.dyn.provider.test}, {@code static.7.113.0.203.provider.test}, {@code
 * p1cb007107.provider.test}. The whole address has to be in it, so that a name with a number of its
 * own is none.
 */
final class GenericName {
  private static final Splitter WORDS =
      Splitter.on(CharMatcher.inRange('0', '9').or(CharMatcher.inRange('a', 'z')).negate())
          .omitEmptyStrings();
  private static final Splitter NUMBERS =
      Splitter.on(CharMatcher.inRange('0', '9').negate()).omitEmptyStrings();

  private GenericName() {}

  static boolean contains(DnsName name, InetAddress address) {
    var octets = address.getAddress();
    var text = name.toString();
    return text.contains(HexFormat.of().formatHex(octets))
        || (octets.length == 4 ? containsQuad(text, octets) : containsGroups(text, address));
  }

  private static boolean containsQuad(String text, byte[] octets) {
    var forward = new ArrayList<String>();
    for (var octet : octets) {
      forward.add(Integer.toString(octet & 0xff));
    }
    var backward = new ArrayList<>(forward);
    Collections.reverse(backward);
    var numbers = NUMBERS.splitToStream(text).map(GenericName::withoutZeros).toList();
    var padded = padded(forward);
    return Collections.indexOfSubList(numbers, forward) >= 0
        || Collections.indexOfSubList(numbers, backward) >= 0
        || text.contains(padded)
        || text.contains(padded(backward));
  }

  /** {@code 203000113007}. */
  private static String padded(List<String> numbers) {
    var text = new StringBuilder();
    numbers.forEach(number -> text.append("0".repeat(3 - number.length())).append(number));
    return text.toString();
  }

  private static boolean containsGroups(String text, InetAddress address) {
    var octets = address.getAddress();
    var groups = new ArrayList<String>();
    for (var i = 0; i < octets.length; i += 2) {
      groups.add(Integer.toHexString((octets[i] & 0xff) << 8 | (octets[i + 1] & 0xff)));
    }
    var words = WORDS.splitToStream(text).map(GenericName::withoutZeros).toList();
    return Collections.indexOfSubList(words, groups) >= 0
        || text.contains(Cidr.text(address).replace(':', '-'));
  }

  private static String withoutZeros(String number) {
    var trimmed = CharMatcher.is('0').trimLeadingFrom(number);
    return trimmed.isEmpty() ? "0" : trimmed;
  }
}
