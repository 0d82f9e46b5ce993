package maildrift.probes.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustAnchorsTest {
  private final Instant now = Instant.now();
  private static final TestCa ROOT = TestCa.root("Lab Root");
  private static final TestCa CA = ROOT.intermediate("Lab CA");

  private final TrustAnchors anchors = TrustAnchors.only(List.of(ROOT.certificate()));

  private Trust trust(TestCa.Leaf leaf) {
    return trust(anchors, leaf, now);
  }

  private static Trust trust(TrustAnchors anchors, TestCa.Leaf leaf, Instant at) {
    return anchors.validate(leaf.der(), at).orElseThrow().trust();
  }

  private String refusal(TestCa.Leaf leaf) {
    assertThat(trust(leaf)).isInstanceOf(Trust.Untrusted.class);
    return ((Trust.Untrusted) trust(leaf)).why();
  }

  @Test
  void aChainWithItsIntermediatesIsTrustedInAnyOrderAndWithStrangersInIt() {
    var leaf = ROOT.intermediate("Upper CA").intermediate("Lower CA").leaf("mx.test");
    var others = leaf.chain().subList(1, 3);
    var stranger = TestCa.root("Stranger").certificate();

    assertThat(trust(leaf)).isInstanceOf(Trust.Trusted.class);
    assertThat(trust(leaf.sending(others.reversed()))).isInstanceOf(Trust.Trusted.class);
    assertThat(
            trust(
                leaf.sending(List.of(stranger, others.get(1), ROOT.certificate(), others.get(0)))))
        .isInstanceOfSatisfying(
            Trust.Trusted.class, trusted -> assertThat(trusted.path()).hasSize(3));
  }

  @Test
  void whatIsMissingIsNamed() {
    var leaf = CA.leaf("mx.test");

    assertThat(refusal(leaf.sending(List.of())))
        .isEqualTo("no intermediate certificate is sent, and the issuer Lab CA is no trusted root");
    assertThat(refusal(TestCa.root("Other Root").leaf("mx.test")))
        .contains("the issuer Other Root is no trusted root");
    var other = TestCa.root("Other Root");
    assertThat(refusal(other.leaf("mx.test").sending(List.of(other.certificate()))))
        .isEqualTo("its root Other Root is not among the trusted ones");
  }

  @Test
  void aSelfSignedCertificateIsTrustedOnlyWhenItIsAnAnchor() {
    var self = TestCa.root("mx.test");
    var leaf = new TestCa.Leaf(TestCa.ec("secp256r1").getPrivate(), List.of(self.certificate()));

    assertThat(refusal(leaf)).isEqualTo("the certificate is self-signed");
    assertThat(trust(TrustAnchors.systemAnd(List.of(self.certificate())), leaf, now))
        .isInstanceOfSatisfying(
            Trust.Trusted.class, trusted -> assertThat(trusted.publicly()).isFalse());
  }

  @Test
  void anImpostorOfTheSameNameIsNotTrusted() {
    var impostor = TestCa.root("Lab Root");

    assertThat(refusal(impostor.leaf("mx.test"))).contains("is refused");
    assertThat(refusal(impostor.intermediate("Lab CA").leaf("mx.test"))).contains("is refused");
    // A leaf is no authority.
    var leaf = ROOT.leaf("mx.test");
    assertThat(trust(CA.leaf("mx.test").sending(List.of(leaf.certificate()))))
        .isInstanceOf(Trust.Untrusted.class);
  }

  @Test
  void anExpiredLeafIsToldApartFromAnUntrustedChain() {
    var expired =
        CA.leaf(TestCa.wish("mx.test").valid(now.minusSeconds(9_000), Duration.ofHours(1)));
    var tomorrow =
        CA.leaf(TestCa.wish("mx.test").valid(now.plusSeconds(9_000), Duration.ofDays(9)));

    assertThat(trust(expired)).isEqualTo(new Trust.Untrusted(true, "the certificate has expired"));
    assertThat(trust(tomorrow))
        .isEqualTo(new Trust.Untrusted(true, "the certificate is not valid yet"));
    assertThat(trust(expired.sending(List.of())))
        .isInstanceOfSatisfying(
            Trust.Untrusted.class, seen -> assertThat(seen.onlyLeafDates()).isFalse());
  }

  @Test
  void anExpiredIntermediateIsNamed() {
    assertThat(trust(anchors, CA.leaf("mx.test"), now.plus(Duration.ofDays(4_000))))
        .isInstanceOf(Trust.Untrusted.class);
    var leaf = CA.leaf(TestCa.wish("mx.test").valid(now.minusSeconds(60), Duration.ofDays(8_000)));
    assertThat(trust(anchors, leaf, now.plus(Duration.ofDays(4_000))))
        .isInstanceOfSatisfying(
            Trust.Untrusted.class,
            seen -> assertThat(seen.why()).startsWith("the certificate of Lab CA expired on"));
  }

  @Test
  void aRememberedResultEndsWhenADateIsCrossed() {
    var leaf = CA.leaf(TestCa.wish("mx.test").valid(now.minusSeconds(60), Duration.ofHours(1)));
    var notAfter = leaf.certificate().getNotAfter().toInstant();

    for (var round = 0; round < 2; round++) {
      assertThat(trust(anchors, leaf, now)).isInstanceOf(Trust.Trusted.class);
      assertThat(trust(anchors, leaf, notAfter)).isInstanceOf(Trust.Trusted.class);
      assertThat(trust(anchors, leaf, notAfter.plusMillis(1))).isInstanceOf(Trust.Untrusted.class);
    }
  }

  @Test
  void theSameChainIsReadOnce() {
    var leaf = CA.leaf("mx.test");

    assertThat(anchors.validate(leaf.der(), now).orElseThrow())
        .isSameAs(anchors.validate(leaf.der(), now.plusSeconds(60)).orElseThrow());
  }

  @Test
  void whatIsNoCertificateIsNoChain() {
    assertThat(anchors.validate(List.of(), now)).isEmpty();
    assertThat(anchors.validate(List.of(new byte[] {1, 2, 3}), now)).isEmpty();
  }

  @Test
  void rootsOfAFileAreAddedToTheSystems(@TempDir Path folder) throws IOException {
    var file = Files.writeString(folder.resolve("ca.pem"), "# ours\n" + ROOT.pem() + CA.pem());

    var all = TrustAnchors.systemAnd(file);

    assertThat(all.certificates()).contains(ROOT.certificate(), CA.certificate());
    assertThat(all.certificates().size())
        .isEqualTo(TrustAnchors.system().certificates().size() + 2);
    assertThat(trust(all, ROOT.leaf("mx.test"), now))
        .isInstanceOfSatisfying(
            Trust.Trusted.class, trusted -> assertThat(trusted.publicly()).isFalse());
  }

  @Test
  void aFileWithoutCertificatesIsAnErrorThatNamesIt(@TempDir Path folder) throws IOException {
    var empty = Files.writeString(folder.resolve("empty.pem"), "");
    var broken =
        Files.writeString(
            folder.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    assertThatThrownBy(() -> TrustAnchors.systemAnd(empty))
        .hasMessage(empty + " holds no PEM certificate");
    assertThatThrownBy(() -> TrustAnchors.systemAnd(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(broken + " holds a certificate that cannot be read");
  }

  @Test
  void nineIntermediatesOfOneNameAreNotTriedInEveryOrder() {
    var loop = TestCa.root("Loop");
    var same = new ArrayList<X509Certificate>();
    for (var i = 0; i < 9; i++) {
      same.add(loop.again());
    }
    var leaf = loop.leaf("mx.test").sending(same);

    within(Duration.ofSeconds(5), () -> assertThat(refusal(leaf)).contains("too many ways"));
  }

  @Test
  void nameConstraintsHoldAndAreNotEvaluatedWithoutEnd() {
    var limited = ROOT.intermediate("Limited CA", TestCa.permitted("contoso.test"));

    assertThat(trust(limited.leaf("mx.contoso.test"))).isInstanceOf(Trust.Trusted.class);
    assertThat(refusal(limited.leaf("mx.other.test"))).contains("is refused");

    var many =
        IntStream.range(0, 1_000)
            .mapToObj(i -> TestCa.permitted("n" + i + ".test"))
            .toArray(GeneralSubtree[]::new);
    var names = IntStream.range(0, 1_000).mapToObj(i -> "n" + i + ".test").toArray(String[]::new);
    var bomb = ROOT.intermediate("Bomb CA", many).leaf(TestCa.wish("mx.test").dnsNames(names));
    within(
        Duration.ofSeconds(5),
        () -> assertThat(refusal(bomb)).contains("name constraints are larger"));
  }

  @Test
  void aHugeKeyCostsLittle() throws GeneralSecurityException {
    var modulus = new BigInteger(16_384, new Random(7)).setBit(16_383).setBit(0);
    PublicKey huge =
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65_537)));
    var leaf = CA.signed(TestCa.wish("mx.test"), huge);

    within(Duration.ofSeconds(5), () -> assertThat(trust(leaf)).isInstanceOf(Trust.Trusted.class));
  }

  @Test
  void tenThousandNamesAreCut() {
    var names =
        Stream.concat(
                IntStream.range(0, 9_999).mapToObj(i -> "n" + i + ".test"), Stream.of("mx.test"))
            .toArray(String[]::new);
    var leaf = CA.leaf(TestCa.wish("mx.test").dnsNames(names));

    within(
        Duration.ofSeconds(5),
        () ->
            assertThat(anchors.validate(leaf.der(), now).orElseThrow().leaf().dnsNames())
                .hasSize(Leaf.MAX_NAMES));
  }

  private static void within(Duration most, Runnable work) {
    var began = System.nanoTime();
    work.run();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(most);
  }
}
