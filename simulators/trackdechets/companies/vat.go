package companies

import (
	"slices"
	"strings"

	"sluss/registries/numbers"
)

// IsVAT tells whether a VAT number is valid: its form, and the check digit of the countries whose rule is known here or to
// package numbers.
func IsVAT(vat string) bool {
	if !numbers.IsPlain(numbers.VAT, vat) {
		return false
	}
	rule, known := checkDigits[vat[:2]]
	if !known {
		return true
	}
	digits := make([]int, 0, len(vat))
	for _, r := range strings.TrimLeft(vat[2:], "U") {
		if r < '0' || r > '9' {
			break // letters after the digits are no part of the sum
		}
		digits = append(digits, int(r-'0'))
	}
	return len(digits) < 2 || rule(digits)
}

// checkDigits are the rules by country: whether the last digit fits the others.
var checkDigits = map[string]func([]int) bool{
	"DE": pure11, "HR": pure11,
	"AT": func(d []int) bool { return last(d) == (96-doubled(d[:7], 1))%10 },
	"EE": func(d []int) bool { return (sum(d, 3, 7, 1, 3, 7, 1, 3, 7)+last(d))%10 == 0 },
	"EL": func(d []int) bool { return last(d) == sum(d, 256, 128, 64, 32, 16, 8, 4, 2)%11%10 },
	"IT": func(d []int) bool { // the office that gave the number stands before its check digit, which package numbers checks
		office := sum(d, 0, 0, 0, 0, 0, 0, 0, 100, 10, 1)
		return office > 0 && office <= 100 || slices.Contains([]int{120, 121, 888, 999}, office)
	},
	"HU": func(d []int) bool { return (sum(d, 9, 7, 3, 1, 9, 7, 3)+last(d))%10 == 0 },
	"PT": func(d []int) bool { return last(d) == (11-sum(d, 9, 8, 7, 6, 5, 4, 3, 2)%11)%11%10 },
	"SI": func(d []int) bool {
		rest := sum(d, 8, 7, 6, 5, 4, 3, 2) % 11
		return rest > 0 && last(d) == (11-rest)%10
	},
}

func last(digits []int) int { return digits[len(digits)-1] }

// sum weighs the first digits.
func sum(digits []int, weights ...int) (total int) {
	for i, weight := range weights {
		if i < len(digits) {
			total += digits[i] * weight
		}
	}
	return total
}

// doubled adds digits, those at odd places doubled and their own digits added.
func doubled(digits []int, odd int) (total int) {
	for i, digit := range digits {
		if i%2 == odd {
			digit *= 2
			digit = digit/10 + digit%10
		}
		total += digit
	}
	return total
}

// pure11 is the check of ISO 7064, MOD 11,10.
func pure11(digits []int) bool {
	product := 10
	for digit := range slices.Values(digits[:len(digits)-1]) {
		rest := (digit + product) % 10
		if rest == 0 {
			rest = 10
		}
		product = 2 * rest % 11
	}
	return (11-product)%10 == last(digits)
}
