package sim

import (
	"crypto/rand"
	"math/big"
	"time"
)

func randomText(alphabet string, length int) string {
	letters := make([]byte, length)
	for i := range letters {
		// crypto/rand never fails on the platforms Go supports.
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		letters[i] = alphabet[n.Int64()]
	}
	return string(letters)
}

func newID() string { return "c" + randomText("0123456789abcdefghijklmnopqrstuvwxyz", 24) }

func newReadableID(now time.Time) string {
	return "BSD-" + now.Format("20060102") + "-" + randomText("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 9)
}
