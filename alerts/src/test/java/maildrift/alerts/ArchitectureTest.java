package maildrift.alerts;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** What may know what in this module. */
@AnalyzeClasses(packages = "maildrift.alerts", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule IT_KNOWS_NO_DNS_NO_DATABASE_AND_NO_SERVER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "maildrift.probes..",
              "maildrift.monitor..",
              "org.xbill..",
              "java.sql..",
              "javax.naming..",
              "io.vertx..",
              "java.util.regex..");

  @ArchTest
  static final ArchRule ONLY_NOTIFIERS_REACH_OUT =
      noClasses()
          .that()
          .resideOutsideOfPackage("maildrift.alerts.notify..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "javax.net..", "jakarta.mail..");

  @ArchTest
  static final ArchRule ONLY_MAIL_KNOWS_ANGUS =
      noClasses()
          .that()
          .resideOutsideOfPackage("maildrift.alerts.notify.mail..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..");

  @ArchTest
  static final ArchRule THE_CORE_HAS_NO_CLOCK_AND_NO_THREADS =
      classes()
          .that()
          .resideInAnyPackage(
              "maildrift.alerts",
              "maildrift.alerts.state",
              "maildrift.alerts.mute",
              "maildrift.alerts.route")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages("java.util.concurrent..", "java.io..", "java.nio.file..")
          .andShould()
          .onlyDependOnClassesThat()
          .doNotHaveFullyQualifiedName("java.time.Clock");

  @ArchTest
  static final ArchRule NO_REGEX_ON_WHAT_COMES_FROM_OUTSIDE =
      noClasses()
          .should()
          .callMethod(String.class, "matches", String.class)
          .orShould()
          .callMethod(String.class, "replaceAll", String.class, String.class)
          .orShould()
          .callMethod(String.class, "replaceFirst", String.class, String.class)
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.net.IDN");

  @ArchTest
  static void everyPackageIsNullMarkedAndSaysWhatLivesThere(JavaClasses classes) {
    assertThat(classes)
        .allSatisfy(
            type -> assertThat(type.getPackage().isAnnotatedWith(NullMarked.class)).isTrue());
  }

  @ArchTest
  static final ArchRule NO_CIRCLES =
      slices().matching("maildrift.alerts.(*)..").should().beFreeOfCycles();
}
