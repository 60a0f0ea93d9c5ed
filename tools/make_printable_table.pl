#!/usr/bin/perl
# Writes src/repository/printable_table.h: the code points that Go 1.19's strconv.IsPrint accepts
# (letters, marks, numbers, punctuation, symbols of Unicode 13, and the blank), as ranges.
use strict;
use warnings;

sub printable {
    my $c = chr(shift);
    return $c eq ' ' || $c =~ /^(?=\p{Present_In=13.0})[\p{L}\p{M}\p{N}\p{P}\p{S}]$/;
}

my @ranges;
my $first = -1;
for my $code (0 .. 0x110000) {
    my $yes = $code < 0x110000 && !($code >= 0xD800 && $code < 0xE000) && printable($code);
    if ($yes && $first < 0) { $first = $code }
    if (!$yes && $first >= 0) { push @ranges, [$first, $code - 1]; $first = -1 }
}
print "// Code points that Go prints as they are (Unicode 13); made by tools/make_printable_table.pl.\n";
print "#pragma once\n\n#include <array>\n\nnamespace lifeboat::repository {\n\n";
print "struct CodeRange {\n    char32_t first;\n    char32_t last;\n};\n\n";
print "// clang-format off\n";
printf "inline constexpr std::array<CodeRange, %d> printable_ranges{{", scalar @ranges;
my $line = 99;
for my $r (@ranges) {
    my $text = sprintf("{0x%x, 0x%x},", @$r);
    if ($line + length($text) > 98) { print "\n   "; $line = 3 }
    print " $text";
    $line += length($text) + 1;
}
print "\n}};\n// clang-format on\n\n}  // namespace lifeboat::repository\n";
