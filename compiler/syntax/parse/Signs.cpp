// Signs that are no part of the language but look as if they were, or cannot be seen at all: text copied from
// a paper, a page or another language brings them. Each is called by its name, with what to write instead.

#include "compiler/syntax/parse/Tree.h"

#include <algorithm>
#include <cstdio>

namespace switchyard {
namespace {

struct Sign {
  const char *text, *name;
  const char *instead; ///< empty: nothing, it is to be deleted
};

constexpr Sign signs[] = {
    {"\u00a0", "no-break space", " "},
    {"\u2002", "wide space", " "},
    {"\u2003", "wide space", " "},
    {"\u2007", "figure space", " "},
    {"\u2009", "thin space", " "},
    {"\u202f", "narrow no-break space", " "},
    {"\u3000", "ideographic space", " "},
    {"\u2028", "line separator", " "},
    {"\u2029", "paragraph separator", " "},
    {"\f", "form feed", " "},
    {"\v", "vertical tab", " "},
    {"\u00ad", "soft hyphen", ""},
    {"\u200b", "zero-width space", ""},
    {"\u200c", "zero-width non-joiner", ""},
    {"\u200d", "zero-width joiner", ""},
    {"\u200e", "left-to-right mark", ""},
    {"\u200f", "right-to-left mark", ""},
    {"\u2060", "word joiner", ""},
    {"\ufeff", "byte order mark", ""},
    {"\u2212", "minus sign of typesetting", "-"},
    {"\u2010", "hyphen of typesetting", "-"},
    {"\u2011", "no-break hyphen", "-"},
    {"\u2013", "dash", "-"},
    {"\u2014", "dash", "-"},
    {"\u00d7", "sign of multiplication", "*"},
    {"\u00b7", "middle dot", "*"},
    {"\u22c5", "dot operator", "*"},
    {"\u00f7", "sign of division", "/"},
    {"\u2044", "fraction slash", "/"},
    {"\u2215", "division slash", "/"},
    {"\u2264", "sign of comparison", "<="},
    {"\u2265", "sign of comparison", ">="},
    {"\u2260", "sign of comparison", "!="},
    {"\u201c", "quotation mark of typesetting", "\""},
    {"\u201d", "quotation mark of typesetting", "\""},
    {"\u201e", "quotation mark of typesetting", "\""},
    {"\u2018", "quotation mark of typesetting", "\""},
    {"\u2019", "quotation mark of typesetting", "\""},
    {"'", "quotation mark of other languages", "\""},
    {"\u221e", "sign", "infinity"},
    {"\u03b5", "letter", "eps"},
    {"&", "sign of other languages", "and"},
    {"|", "sign of other languages", "or"},
    {"!", "sign of other languages", "not"},
};

} // namespace

std::string aboutSign(const std::string &text) {
  if (text == "#")
    return "comments start with `//`, not with `#`";
  auto known =
      std::find_if(std::begin(signs), std::end(signs), [&](const Sign &s) { return text == s.text; });
  if (known == std::end(signs)) {
    unsigned char first = static_cast<unsigned char>(text[0]);
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", first);
    return "`" + (text.size() == 1 && (first < 32 || first == 127) ? escaped : text) + "` means nothing here";
  }
  std::string name = known->name, instead = known->instead;
  if (instead.empty())
    return "a " + name + " stands here, which cannot be seen; delete it";
  if (instead == " ")
    return "a " + name + " stands here, which looks like a blank; write a blank";
  return "`" + text + "` is a " + name + "; write `" + instead + "`";
}

} // namespace switchyard
