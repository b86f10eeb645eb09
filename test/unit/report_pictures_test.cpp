// What pictures and plots are drawn by: bytes of pixels, text in lines, logarithmic scales.
#include "runtime/report/ExamplePage.h"
#include "runtime/report/Picture.h"
#include "runtime/report/Scale.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace switchyard::rt;

namespace {

TEST(Pixels, HaveBytes) {
  EXPECT_EQ(byteOfPixel(0, 0, 1), 0);
  EXPECT_EQ(byteOfPixel(1, 0, 1), 255);
  EXPECT_EQ(byteOfPixel(0, -1, 1), 128);
  EXPECT_EQ(byteOfPixel(1.5f, 0, 1), 255); // at the range's end
  EXPECT_EQ(byteOfPixel(-0.5f, 0, 1), 0);
  for (int byte = 0; byte < 256; ++byte)
    EXPECT_EQ(byteOfPixel(float(byte) / 255, 0, 1), byte);
}

TEST(Differences, AreAroundGrey) {
  EXPECT_EQ(byteOfDifference(0, 5, 0, 1), 128);
  EXPECT_EQ(byteOfDifference(16 / 255.0, 5, 0, 1), 128 + 80);
  EXPECT_EQ(byteOfDifference(-16 / 255.0, 5, 0, 1), 128 - 80);
  EXPECT_EQ(byteOfDifference(2 * 16 / 255.0, 5, -1, 1), 128 + 80); // of a range of 2
  EXPECT_EQ(byteOfDifference(1, 5, 0, 1), 255);
}

TEST(Factors, KeepDifferencesInside) {
  EXPECT_EQ(factorFor(0, 0, 1), 1);
  EXPECT_EQ(factorFor(0.5, 0, 1), 1);
  EXPECT_EQ(factorFor(1, 0, 1), 0.5);
  EXPECT_EQ(factorFor(16 / 255.0, 0, 1), 5);     // 7.97 times at most
  EXPECT_EQ(factorFor(double(0.05f), 0, 1), 10); // a float a little above 0.05
  EXPECT_EQ(factorFor(0.05, -1, 1), 20);
  EXPECT_EQ(factorFor(0.0004, 0, 1), 1000);
}

TEST(Text, IsCutBetweenWords) {
  const int three = Picture::widthOf("one two six");
  EXPECT_EQ(wrapped("one two six ten", three), (std::vector<std::string>{"one two six", "ten"}));
  EXPECT_EQ(wrapped("", 100), (std::vector<std::string>{""}));
  std::string whole;
  for (const std::string &line : wrapped("aaaaaaaaaaaaaaaaaaaa", Picture::widthOf("aaaaaa"))) {
    EXPECT_LE(Picture::widthOf(line), Picture::widthOf("aaaaaa"));
    whole += line;
  }
  EXPECT_EQ(whole, "aaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(Picture::widthOf("\u00e4"), Picture::widthOf("?")); // what the font has not
}

std::vector<std::string> ticksOf(const std::vector<double> &values) {
  Scale scale = Scale::logarithmic();
  for (double value : values)
    scale.add(value);
  std::vector<std::string> texts;
  for (const Tick &tick : scale.ticks(1))
    texts.push_back(tick.text);
  return texts;
}

TEST(Logarithms, HavePlaces) {
  Scale scale = Scale::logarithmic();
  for (double value : {0.0, -1.0, 0.01, 100.0})
    scale.add(value);
  EXPECT_NEAR(scale.at(1), 0.5, 1e-12);
  EXPECT_NEAR(scale.at(10), 0.75, 1e-12);
  EXPECT_EQ(scale.at(0), 0); // no place of its own
  EXPECT_EQ(scale.at(-5), 0);
}

TEST(Logarithms, HaveTicks) {
  EXPECT_EQ(ticksOf({1, 100}), (std::vector<std::string>{"1", "2", "5", "10", "20", "50", "100"}));
  EXPECT_EQ(ticksOf({1e-3, 1e3}),
            (std::vector<std::string>{"0.001", "0.01", "0.1", "1", "10", "100", "1000"}));
  EXPECT_GE(ticksOf({0.9, 0.93}).size(), 3u); // no power in between
}

} // namespace
