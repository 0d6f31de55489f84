package config

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"net/http"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"
)

// encrypted marks payloads that the codec has encrypted.
const encrypted = "binary/encrypted"

// codec encrypts workflow payloads with AES-256-GCM: they hold names and
// plates, and Temporal's database is not the place for those in clear.
type codec struct{ gcm cipher.AEAD }

func newCodec(key []byte) (codec, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return codec{}, err
	}
	gcm, err := cipher.NewGCM(block)
	return codec{gcm}, err
}

// Encode encrypts each payload whole, its metadata with it.
func (c codec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	sealed := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		plain, err := proto.Marshal(p)
		if err != nil {
			return payloads, err
		}
		nonce := make([]byte, c.gcm.NonceSize())
		if _, err := rand.Read(nonce); err != nil {
			return payloads, err
		}
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encrypted)},
			Data:     c.gcm.Seal(nonce, nonce, plain, nil),
		}
	}
	return sealed, nil
}

// Decode is the inverse; payloads that were never encrypted pass as they are.
func (c codec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	plain := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		if string(p.GetMetadata()[converter.MetadataEncoding]) != encrypted {
			plain[i] = p
			continue
		}
		size := c.gcm.NonceSize()
		if len(p.GetData()) < size {
			return payloads, fmt.Errorf("an encrypted payload of %d bytes is cut short", len(p.GetData()))
		}
		data, err := c.gcm.Open(nil, p.GetData()[:size], p.GetData()[size:], nil)
		if err != nil {
			return payloads, fmt.Errorf("a payload was encrypted with another key: %w", err)
		}
		plain[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(data, plain[i]); err != nil {
			return payloads, err
		}
	}
	return plain, nil
}

// CodecHandler decrypts payloads for the Temporal UI, which runs at origin. It
// is to be served on loopback, or behind the organisation's own log-in: whoever
// reaches it reads the payloads. Nil where payloads are not encrypted.
func (t Temporal) CodecHandler(origin string) (http.Handler, error) {
	key, err := t.encryptionKey()
	if err != nil || key == nil {
		return nil, err
	}
	c, err := newCodec(key)
	if err != nil {
		return nil, err
	}
	serve := converter.NewPayloadCodecHTTPHandler(c)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", origin)
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace, Authorization")
		w.Header().Set("Access-Control-Allow-Methods", "POST, OPTIONS")
		if r.Method == http.MethodOptions {
			return
		}
		serve.ServeHTTP(w, r)
	}), nil
}

// Decrypt puts the payloads of a message of Temporal's into clear, where they
// are encrypted.
func (t Temporal) Decrypt(ctx context.Context, message proto.Message) error {
	key, err := t.encryptionKey()
	if err != nil || key == nil {
		return err
	}
	c, err := newCodec(key)
	if err != nil {
		return err
	}
	return proxy.VisitPayloads(ctx, message, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return c.Decode(payloads)
		},
	})
}
