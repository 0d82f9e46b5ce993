package maildrift.probes.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRecordTest {
  private static final String RSA = TestKeys.rsa(2048);

  @Test
  void theTagsAreShownAsTheyAreWritten() {
    assertThat(KeyRecord.parse("v=DKIM1; k=RSA; t = y:s ;n=a note; p=").tags())
        .containsExactly(
            Map.entry("v", "DKIM1"),
            Map.entry("k", "RSA"),
            Map.entry("t", "y:s"),
            Map.entry("n", "a note"),
            Map.entry("p", ""));
    assertThat(KeyRecord.parse("no tags here").tags()).isEmpty();
    assertThat(KeyRecord.parse("x".repeat(40) + "=1; p=" + "A".repeat(60_000)).tags())
        .hasSize(2)
        .allSatisfy(
            (name, value) -> assertThat(name + value).hasSizeLessThanOrEqualTo(32 + 1024 + 2));
    var many = new StringBuilder();
    IntStream.range(0, 500).forEach(i -> many.append("a").append(i).append("=1;"));
    assertThat(KeyRecord.parse(many.toString()).tags()).hasSize(32);
  }

  @Test
  void readsAnUsualRecord() {
    var record = KeyRecord.parse("v=DKIM1; k=rsa; p=" + RSA);

    assertThat(record.problems()).isEmpty();
    assertThat(record.key()).isEqualTo(new Key.Rsa(2048));
    assertThat(record.normalised()).isEqualTo("k=rsa; p=" + RSA);
    assertThat(record.services()).containsExactly("*");
    assertThat(record.hashes()).isEmpty();
    assertThat(record.isTesting()).isFalse();
  }

  @Test
  void readsTheKeysThatJavaWrites() throws Exception {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    var key = (RSAPublicKey) generator.generateKeyPair().getPublic();
    var read = RsaKey.read(key.getEncoded()).orElseThrow();

    assertThat(read.modulus()).isEqualTo(key.getModulus());
    assertThat(read.exponent()).isEqualTo(key.getPublicExponent());
    assertThat(read.spki()).isEqualTo(key.getEncoded());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 768, 1023, 1024, 2047, 2048, 4096, 4097, 8192, 16384})
  void countsTheBitsOfTheModulus(int bits) {
    assertThat(KeyRecord.parse("p=" + TestKeys.rsa(bits)).key()).isEqualTo(new Key.Rsa(bits));
  }

  @Test
  void readsEd25519AsItsOctets() {
    var record = KeyRecord.parse("v=DKIM1; k=ed25519; p=" + TestKeys.ED25519);

    assertThat(record.problems()).isEmpty();
    assertThat(record.key()).isEqualTo(new Key.Ed25519());
    assertThat(record.key().size()).contains(256);
  }

  @Test
  void readsAllOtherTags() {
    var record =
        KeyRecord.parse(
            "v=DKIM1; h=sha1 : sha256; s=email:tlsrpt; t = y : s; n=rotate=20in=20May; x_new=1; p="
                + RSA);

    assertThat(record.problems()).isEmpty();
    assertThat(record.hashes()).containsExactly("sha1", "sha256");
    assertThat(record.services()).containsExactly("email", "tlsrpt");
    assertThat(record.flags()).containsExactly("y", "s");
    assertThat(record.isTesting()).isTrue();
  }

  @Test
  void foldsWhiteSpaceInsideTheKey() {
    var folded = new StringBuilder(RSA).insert(100, " ").insert(50, "\t \t").toString();

    assertThat(KeyRecord.parse("k=rsa; p= " + folded + " ;").normalised())
        .isEqualTo("k=rsa; p=" + RSA);
    assertThat(KeyRecord.parse("k=rsa; p= " + folded + " ;").problems()).isEmpty();
  }

  @Test
  void anEmptyKeyIsRevoked() {
    assertThat(KeyRecord.parse("v=DKIM1; p=").isRevoked()).isTrue();
    assertThat(KeyRecord.parse("v=DKIM1; p=").isReadable()).isTrue();
    assertThat(KeyRecord.parse("v=DKIM1; p= ;").normalised()).isEqualTo("k=rsa; p=");
    assertThat(KeyRecord.parse("v=DKIM1; k=RSA; p=" + RSA).key()).isEqualTo(new Key.Rsa(2048));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                     | an empty record (character 1)",
        "v=DKIM2; p=            | v= must be DKIM1, exactly and in capital letters (character 3)",
        "v=dkim1; p=            | v= must be DKIM1, exactly and in capital letters (character 3)",
        "k=rsa; v=DKIM1; p=     | v=DKIM1 must be the first tag (character 10)",
        "v=DKIM1; k=rsa         | no p=, so there is no key (character 15)",
        "v=DKIM1; k=; p=AAAA    | k= without a key type (character 12)",
        "v=DKIM1; p=; p=        | a second p=, which spoils the whole record (character 14)",
        "v=DKIM1; p=AA*A        | '*' in p= does not belong to base64 (character 14)",
        "v=DKIM1; p=AAAAA       | p= is not whole base64: a part is missing (character 17)",
        "v=DKIM1; p=AAAA        | p= is no RSA public key, or only a part of one (character 12)",
        "v=DKIM1; k=ed25519; p=AAAA | p= has 3 octets; an Ed25519 key has 32 (character 23)",
        "`v=DKIM1; p=AAAA`      | p= is no RSA public key, or only a part of one (character 12)",
        "v=DKIM1 p=AAAA         | v= must be DKIM1, exactly and in capital letters (character 3)",
        "v=DKIM1; 1k=rsa; p=    | a tag name expected, found '1' (character 10)",
        "v=DKIM1; k rsa; p=     | '=' expected after k (character 12)",
        "v=DKIM1; p             | '=' expected after p (character 11)",
        "v=spf1 -all            | v= must be DKIM1, exactly and in capital letters (character 3)",
      })
  void saysWhereTheGrammarIsLeft(String text, String problem) {
    var record = KeyRecord.parse(text);

    assertThat(record.problems()).extracting(Problem::toString).contains(problem);
    assertThat(record.isReadable()).isFalse();
  }

  @Test
  void quotationMarksInTheDataAreNamed() {
    assertThat(KeyRecord.parse("\"v=DKIM1; p=" + RSA + "\"").problems())
        .extracting(Problem::message)
        .contains("a quotation mark that became part of the record");
  }

  @Test
  void octetsOutsideAsciiAreNamedByNumber() {
    assertThat(KeyRecord.parse("v=DKIM1; n=\u00fc; p=" + RSA).problems())
        .extracting(Problem::toString)
        .containsExactly("character code 252 in the value of n (character 12)");
  }

  @Test
  void aTruncatedKeyIsNoKey() {
    var record = KeyRecord.parse("v=DKIM1; p=" + RSA.substring(0, 255));

    assertThat(record.key()).isEqualTo(new Key.Unreadable());
    assertThat(record.isReadable()).isFalse();
  }

  @Test
  void toleratesWhatSomeVerifiersTolerate() {
    var bare = HexKeys.pkcs1(new BigInteger(2048, new Random(3)).setBit(2047).setBit(0));
    var trailing = Base64.getEncoder().encodeToString(append(RSA));

    assertThat(KeyRecord.parse("p=" + bare).isReadable()).isTrue();
    assertThat(KeyRecord.parse("p=" + bare).problems())
        .extracting(Problem::message)
        .containsExactly(
            "p= is a bare RSAPublicKey; most verifiers read only a SubjectPublicKeyInfo");
    assertThat(KeyRecord.parse("p=" + trailing).problems())
        .extracting(Problem::message)
        .containsExactly("p= goes on after the key");
    assertThat(KeyRecord.parse("v=DKIM1;; p=" + RSA).problems())
        .containsExactly(new Problem(9, "an empty tag before ';'", false));
  }

  private static byte[] append(String base64) {
    var octets = Base64.getDecoder().decode(base64);
    return Arrays.copyOf(octets, octets.length + 2);
  }

  @Test
  void aKeyThatProtectsNothingIsNoKey() {
    var even = KeyText.encode(TestKeys.key(BigInteger.ONE.shiftLeft(2047)).spki());
    var one =
        KeyText.encode(
            new RsaKey(BigInteger.ONE.shiftLeft(2047).setBit(0), BigInteger.ONE, false, false)
                .spki());

    assertThat(KeyRecord.parse("p=" + even).key()).isEqualTo(new Key.Unreadable());
    assertThat(KeyRecord.parse("p=" + one).key()).isEqualTo(new Key.Unreadable());
  }

  @Test
  void aWrongWrappingOfEd25519IsExplained() {
    var spki = HexKeys.ed25519Spki(TestKeys.ED25519);

    assertThat(KeyRecord.parse("k=ed25519; p=" + spki).problems())
        .extracting(Problem::message)
        .containsExactly(
            "p= is a SubjectPublicKeyInfo; for Ed25519 it must be the 32 octets of the key");
    assertThat(KeyRecord.parse("p=" + TestKeys.ED25519).problems())
        .extracting(Problem::message)
        .containsExactly("p= holds an Ed25519 key, but k=ed25519 is missing");
  }

  /** 65,535 octets are what a TXT record can hold; a sweep must not stand still for one. */
  @Test
  void hostileRecordsCostLittle() {
    var hostile =
        new String[] {
          ";".repeat(65_535),
          "a=;".repeat(21_845),
          "p=" + "A".repeat(65_533),
          "t=" + ":".repeat(65_533),
          "p=" + TestKeys.rsa(16_384),
          "=".repeat(65_535),
          "x".repeat(65_535),
          "p=" + " ".repeat(65_533)
        };
    var start = System.nanoTime();
    for (var text : hostile) {
      var record = KeyRecord.parse(text);
      assertThat(record.problems().size()).isLessThan(20);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void mutatedRecordsNeverThrow() {
    var seed = 20_261_121L;
    var random = new Random(seed);
    var sources =
        new String[] {
          "v=DKIM1; k=rsa; p=" + RSA,
          "v=DKIM1; k=ed25519; p=" + TestKeys.ED25519,
          "v=DKIM1; h=sha256; s=email; t=y:s; n=note; p="
        };
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder(sources[random.nextInt(sources.length)]);
      for (var change = random.nextInt(6); change >= 0 && !text.isEmpty(); change--) {
        var at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(256));
          case 1 -> text.deleteCharAt(at);
          case 2 -> text.insert(at, ";=: \"\\p".charAt(random.nextInt(7)));
          default -> text.setLength(at);
        }
      }
      var mutated = text.toString();
      assertThatCode(() -> KeyRecord.parse(mutated).normalised())
          .as("seed %d, round %d: %s", seed, round, mutated)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void mutatedDerNeverThrows() {
    var random = new Random(7);
    var source = Base64.getDecoder().decode(RSA);
    for (var round = 0; round < 50_000; round++) {
      var der = Arrays.copyOf(source, 1 + random.nextInt(source.length));
      for (var change = random.nextInt(8); change >= 0; change--) {
        der[random.nextInt(Math.min(40, der.length))] = (byte) random.nextInt(256);
      }
      assertThatCode(() -> RsaKey.read(der).map(RsaKey::usable)).doesNotThrowAnyException();
    }
  }

  /** The spellings that are not the right one. */
  private static final class HexKeys {

    static String pkcs1(BigInteger modulus) {
      var spki = TestKeys.key(modulus).spki();
      var read = RsaKey.read(spki).orElseThrow();
      // SEQUENCE, OID and BIT STRING headers of an SPKI of this size take 24 octets.
      var inner = Arrays.copyOfRange(spki, 24, spki.length);
      assertThat(RsaKey.read(inner).orElseThrow().modulus()).isEqualTo(read.modulus());
      return KeyText.encode(inner);
    }

    static String ed25519Spki(String raw) {
      var prefix = HexFormat.of().parseHex("302a300506032b6570032100");
      var octets = Arrays.copyOf(prefix, prefix.length + 32);
      System.arraycopy(Base64.getDecoder().decode(raw), 0, octets, prefix.length, 32);
      return KeyText.encode(octets);
    }
  }
}
