package entity

// TraitName is the key under which a field of a schema carries its Trait.
const TraitName = "FramefoxTrait"

// Trait is an annotation that gives a field a meaning to the framework. The
// mixins use it; schemas seldom need to.
type Trait string

// The traits.
const (
	SoftDeleteTrait Trait = "soft_delete" // time of deletion; NULL is alive
	VersionTrait    Trait = "version"     // optimistic lock
	TenantTrait     Trait = "tenant"      // whose row it is
	PasswordTrait   Trait = "password"    // plain text in, hash stored, never read
	DateTrait       Trait = "date"        // a civil date, not an instant
)

// Name implements schema.Annotation.
func (Trait) Name() string { return TraitName }
