package seed

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/brianvoe/gofakeit/v7"
	"github.com/google/uuid"

	"github.com/framefox-go/framefox/framework/entity"
	"github.com/framefox-go/framefox/framework/password"
)

// errNoValue says that no value was found that the field's rules allow.
var errNoValue = errors.New("no value was found that its rules allow; write fixtures for it")

// fake makes a value that the rules of the field allow. number is that of the
// row, and makes a unique text one.
func fake(faker *gofakeit.Faker, f *entity.Field, unique bool, number int) (any, error) {
	if f.Seal != nil {
		return password.Unusable, nil // nobody signs in as a generated user
	}
	for range attempts {
		raw := fakeKind(faker, f, unique, number)
		if raw == nil {
			return nil, errNoValue
		}
		v := reflect.ValueOf(raw)
		if v.Type() != f.GoType {
			if !v.Type().ConvertibleTo(f.GoType) {
				return nil, errNoValue
			}
			v = v.Convert(f.GoType)
		}
		if clean, _, faults := f.Clean(v.Interface()); len(faults) == 0 {
			return clean, nil
		}
	}
	return nil, errNoValue
}

func fakeKind(faker *gofakeit.Faker, f *entity.Field, unique bool, number int) any {
	switch f.Kind {
	case entity.Bool:
		return faker.Bool()
	case entity.Int, entity.BigInt:
		low, high := bounds(f)
		low, high = math.Ceil(low), math.Floor(high)
		if unique {
			return int64(low) + int64(number)
		}
		return int64(low) + int64(faker.Uint64()%(uint64(high-low)+1)) //nolint:gosec // a small range
	case entity.Float:
		low, high := bounds(f)
		return math.Round((low+faker.Float64()*(high-low))*100) / 100
	case entity.String:
		return text(faker, f, unique, number)
	case entity.Enum:
		return f.Enum[faker.IntN(len(f.Enum))]
	case entity.Time:
		return instant(faker)
	case entity.Date:
		at := instant(faker)
		if strings.Contains(f.Name, "birth") {
			at = at.AddDate(-20-faker.IntN(50), 0, 0)
		}
		return at.Truncate(24 * time.Hour)
	case entity.UUID:
		var id uuid.UUID
		for i := range id {
			id[i] = byte(faker.IntN(256)) //nolint:gosec // below 256
		}
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
		return id
	case entity.Strings:
		list := make([]string, faker.IntN(4))
		for i := range list {
			list[i] = word(faker)
		}
		return list
	case entity.Bytes:
		return []byte(faker.LetterN(16))
	case entity.JSON:
		switch f.GoType.Kind() {
		case reflect.Map:
			return reflect.MakeMap(f.GoType).Interface()
		case reflect.Slice:
			return reflect.MakeSlice(f.GoType, 0, 0).Interface()
		default:
			return reflect.Zero(f.GoType).Interface()
		}
	}
	return nil
}

// instant is of the two years before a fixed day, so that a seed gives the same
// one on every day.
func instant(faker *gofakeit.Faker) time.Time {
	end := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	return end.Add(-time.Duration(faker.IntN(2*365*24*3600)) * time.Second)
}

// bounds are the range of a number: from its rules and its type.
func bounds(f *entity.Field) (low, high float64) {
	const usual = 1000
	step := 1.0
	if f.Kind == entity.Float {
		step = 0.01
	}
	r := f.Rules
	most := float64(math.MaxInt32)
	if f.GoType.Kind() == reflect.Int8 {
		most = math.MaxInt8
	}
	switch {
	case r.GE != nil:
		low = *r.GE
	case r.GT != nil:
		low = *r.GT + step
	case r.LE != nil && *r.LE < 0:
		low = *r.LE - usual
	case r.LT != nil && *r.LT <= 0:
		low = *r.LT - usual
	}
	high = min(low+usual, most)
	if r.LE != nil {
		high = min(high, *r.LE)
	}
	if r.LT != nil {
		high = min(high, *r.LT-step)
	}
	return low, max(low, high)
}

// text makes a text for the field's name, of a length that its rules allow.
func text(faker *gofakeit.Faker, f *entity.Field, unique bool, number int) string {
	suffix := ""
	if unique {
		suffix = fmt.Sprintf("-%d", number)
	}
	r := f.Rules
	most := 2000
	if r.MaxLen != nil {
		most = *r.MaxLen
	}
	switch {
	case r.Email:
		name := strings.ToLower(faker.FirstName() + "." + faker.LastName())
		return letters(name, ".") + suffix + "@example.org"
	case r.URL:
		return "https://example.org/" + word(faker) + suffix
	case strings.Contains(f.Name, "slug"):
		return letters(cut(word(faker)+"-"+word(faker)+"-"+word(faker), most-len(suffix)), "-") + suffix
	}
	out := ""
	if r.Pattern != "" {
		if faker.Bool() { // a plain word often fits, and reads better
			out = word(faker)
		} else {
			out = faker.Regex(strings.NewReplacer(`\A`, "", `\z`, "").Replace(r.Pattern))
		}
	} else {
		out = phrase(faker, f.Name, most)
	}
	out = cut(out, most-len(suffix))
	for r.MinLen != nil && utf8.RuneCountInString(out)+len(suffix) < *r.MinLen {
		out += faker.Letter()
	}
	return out + suffix
}

// phrase is what a field of that name is likely to hold.
func phrase(faker *gofakeit.Faker, name string, most int) string {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(name, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("first_name"):
		return faker.FirstName()
	case has("last_name"):
		return faker.LastName()
	case has("username", "login"):
		return letters(strings.ToLower(faker.FirstName()+faker.LastName()), "")
	case has("display_name", "full_name"):
		return faker.FirstName() + " " + faker.LastName()
	case has("phone"):
		return "+1" + faker.Numerify("##########")
	case has("city"):
		return faker.City()
	case has("country"):
		return faker.Country()
	case has("address", "street"):
		return faker.Street()
	case has("timezone"):
		return "UTC"
	case has("language", "locale"):
		return faker.LanguageAbbreviation()
	case has("currency"):
		return faker.CurrencyShort()
	case has("color", "colour"):
		return faker.HexColor()
	case has("title", "subject", "headline"):
		return strings.TrimSuffix(sentence(faker, 5), ".")
	case has("content", "body", "text", "description", "bio", "comment", "details", "excerpt", "summary", "notes"):
		return sentence(faker, 12) + " " + sentence(faker, 9)
	case most < 12:
		return word(faker)
	default:
		return word(faker) + " " + word(faker)
	}
}

func word(faker *gofakeit.Faker) string { return letters(strings.ToLower(faker.Noun()), "") }

// sentence is some words with a capital and a full stop.
func sentence(faker *gofakeit.Faker, words int) string {
	list := make([]string, words)
	for i := range list {
		switch i % 3 {
		case 0:
			list[i] = strings.ToLower(faker.AdjectiveDescriptive())
		case 1:
			list[i] = strings.ToLower(faker.Noun())
		default:
			list[i] = strings.ToLower(faker.VerbAction())
		}
	}
	out := strings.Join(list, " ")
	return strings.ToUpper(out[:1]) + out[1:] + "."
}

// letters leaves small letters and some other characters of a text.
func letters(text, others string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || strings.ContainsRune(others, r) {
			return r
		}
		return -1
	}, text)
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.Trim(string(runes[:max(0, most)]), " -.")
}
