package analytics

import "math/big"

// ratio is numerator / denominator, nil where that is 0.
func ratio(numerator, denominator int64) *float64 {
	if denominator == 0 {
		return nil
	}
	f := float64(numerator) / float64(denominator)
	return &f
}

// rounded is numerator / denominator with that many decimals, a half away from
// zero; nil where the denominator is 0. It computes in whole numbers, so that it
// is not off by one at the last digit.
func rounded(numerator, denominator int64, decimals int) *float64 {
	if denominator == 0 {
		return nil
	}
	text := big.NewRat(numerator, denominator).FloatString(decimals)
	r, _ := new(big.Rat).SetString(text)
	f, _ := r.Float64()
	return &f
}

// percent is part of whole in percent, with two decimals.
func percent(part, whole int64) *float64 {
	if whole == 0 {
		return nil
	}
	r := big.NewRat(part, whole)
	r.Mul(r, big.NewRat(100, 1))
	r, _ = new(big.Rat).SetString(r.FloatString(2))
	f, _ := r.Float64()
	return &f
}
