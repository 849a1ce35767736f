package target

// Like returns the file with only those clients, paths and fixtures that another file has too.
func (f File) Like(other *File) *File {
	f.Target.Clients = common(f.Target.Clients, other.Target.Clients)
	f.Target.Paths = common(f.Target.Paths, other.Target.Paths)
	f.Fixtures.Programs = common(f.Fixtures.Programs, other.Fixtures.Programs)
	f.Fixtures.Wallets = common(f.Fixtures.Wallets, other.Fixtures.Wallets)
	f.Fixtures.SecondClient = common(f.Fixtures.SecondClient, other.Fixtures.SecondClient)
	if other.Fixtures.expired == "" {
		f.Fixtures.expired = ""
	}
	return &f
}

// common returns the entries whose key another map has.
func common[V, W any](from map[string]V, other map[string]W) map[string]V {
	out := map[string]V{}
	for key, value := range from {
		if _, there := other[key]; there {
			out[key] = value
		}
	}
	return out
}
