package maildrift.probes.smtp;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;

/** A server's first word in TLS: what it chose, or an alert (RFC 5246 §6.2.1, §7.2, §7.4.1.3). */
sealed interface ServerHello {

  /** What it chose, as numbers. */
  record Chosen(int version, int suite) implements ServerHello {}

  /** A fatal alert, or a farewell. */
  record Alerted(int description) implements ServerHello {}

  /** More than one server has ever needed: a warning or two, and the hello in pieces. */
  int MAX_RECORDS = 16;

  int MAX_FRAGMENT = 16_384;

  /**
   * Reads as far as the choice and not an octet further.
   *
   * @throws ProtocolException for what is no TLS, is cut off, or is beyond our bounds
   * @throws EOFException when it ends before anything of an answer
   */
  static ServerHello read(InputStream in) throws IOException {
    var message = new ByteArrayOutputStream(128);
    for (var records = 0; records < MAX_RECORDS; records++) {
      var header = in.readNBytes(5);
      if (header.length == 0 && message.size() == 0) {
        throw new EOFException("it closed the connection");
      }
      if (header.length < 5) {
        throw new ProtocolException("its answer is cut off");
      }
      var type = octet(header, 0);
      var length = two(header, 3);
      if (octet(header, 1) != 3 || length == 0 || length > MAX_FRAGMENT) {
        throw new ProtocolException("no TLS in its answer");
      }
      switch (type) {
        case 21 -> {
          if (length != 2) {
            throw new ProtocolException("an alert of %d octets".formatted(length));
          }
          var alert = exactly(in, 2);
          var description = octet(alert, 1);
          // Of warnings, only a farewell (close_notify, user_canceled) is an answer.
          if (octet(alert, 0) != 1 || description == 0 || description == 90) {
            return new Alerted(description);
          }
        }
        case 22 -> {
          for (var left = length; left > 0; left--) {
            message.write(exactly(in, 1), 0, 1);
            var octets = message.toByteArray();
            if (isWhole(octets)) {
              return chosen(octets);
            }
          }
        }
        default -> throw new ProtocolException("a record of type %d".formatted(type));
      }
    }
    throw new ProtocolException("more than %d records without a choice".formatted(MAX_RECORDS));
  }

  /** Type, length, version, random, session and suite are there; what is wrong is refused. */
  private static boolean isWhole(byte[] message) throws ProtocolException {
    if (message.length >= 1 && octet(message, 0) != 2) {
      throw new ProtocolException(
          "a handshake message of type %d instead of its hello".formatted(octet(message, 0)));
    }
    if (message.length <= SESSION) {
      return false;
    }
    var session = octet(message, SESSION);
    var length = octet(message, 1) << 16 | two(message, 2);
    if (session > 32 || length < SESSION - 4 + 1 + session + 3) {
      throw new ProtocolException("a hello that does not hold what it must");
    }
    return message.length >= SESSION + 1 + session + 2;
  }

  /** Where the session's length is: after type and length, version and random. */
  int SESSION = 4 + 2 + 32;

  private static Chosen chosen(byte[] message) {
    return new Chosen(two(message, 4), two(message, SESSION + 1 + octet(message, SESSION)));
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    var octets = in.readNBytes(count);
    if (octets.length < count) {
      throw new ProtocolException("its answer is cut off");
    }
    return octets;
  }

  private static int octet(byte[] octets, int at) {
    return octets[at] & 0xff;
  }

  private static int two(byte[] octets, int at) {
    return octet(octets, at) << 8 | octet(octets, at + 1);
  }
}
