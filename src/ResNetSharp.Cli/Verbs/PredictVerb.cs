using System.CommandLine;
using ResNetSharp.Imaging;
using ResNetSharp.Layers;

namespace ResNetSharp.Cli.Verbs;

/// <summary>Names what is in pictures.</summary>
sealed class PredictVerb : Verb
{
    readonly Argument<string[]> images = new("IMAGE") { Description = "Picture files: JPEG, PNG or BMP", Arity = ArgumentArity.OneOrMore };
    readonly Option<int> top = new("--top") { Description = "How many classes to print for each picture", HelpName = "N", DefaultValueFactory = _ => 5 };
    readonly Option<bool> skipBroken = new("--skip-broken") { Description = "Go on after pictures that cannot be read, and count them" };
    readonly ModelOptions model = new();

    sealed record Guess(string Name, int Number, float Probability);

    protected override Command Describe()
    {
        var command = new Command("predict", "Name what is in pictures, with probabilities") { images, top, skipBroken };
        foreach (var option in model.All) command.Options.Add(option);
        return command;
    }

    protected override void Run(Session session, ParseResult parsed)
    {
        var count = parsed.GetValue(top);
        if (count < 1) throw new UsageException($"--top {count} leaves nothing to print; give at least 1");
        var files = parsed.GetRequiredValue(images);
        foreach (var file in files)
            if (!File.Exists(file)) throw new FileNotFoundException(Directory.Exists(file)
                ? $"'{file}' is a folder; give the pictures in it, such as {Path.Combine(file, "*.jpg")}"
                : $"there is no picture '{file}'");
        var network = model.Open(parsed).Model;
        var endsInSoftmax = Softmax.EndsIn(network);
        var results = new List<(string File, Guess[] Top)>();
        var broken = 0;
        foreach (var file in files)
        {
            try
            {
                var guesses = Predict(network, endsInSoftmax, Image.Load(file), count);
                results.Add((file, guesses));
                session.Tell(file);
                foreach (var guess in guesses) session.Tell($"  {guess.Probability,7:P2}  {guess.Name}");
            }
            catch (InvalidDataException e) when (parsed.GetValue(skipBroken))
            {
                broken++;
                session.Warn($"left out: {e.Message}");
            }
        }
        if (broken > 0) session.Tell($"{broken} of {files.Length} pictures could not be read");
        if (broken == files.Length) throw new InvalidDataException("none of the pictures could be read");
        session.TellJson(json =>
        {
            json.WriteStartArray("predictions");
            foreach (var (file, guesses) in results)
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteStartArray("top");
                foreach (var guess in guesses)
                {
                    json.WriteStartObject();
                    json.WriteString("class", guess.Name);
                    json.WriteNumber("id", guess.Number);
                    json.WriteFinite("probability", guess.Probability);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("broken", broken);
        });
    }

    static Guess[] Predict(Model network, bool endsInSoftmax, Image image, int count)
    {
        var preprocessing = network.Preprocessing!;
        var (height, width) = preprocessing.OutputSize(image.Width, image.Height);
        var input = new float[height * width * preprocessing.Channels];
        preprocessing.Apply(image, input);
        var row = network.Predict(Tensor.From(input, (1, height, width, preprocessing.Channels))).ToArray();
        if (!endsInSoftmax) Softmax.Apply(row);
        return
        [
            .. Enumerable.Range(0, row.Length).OrderByDescending(i => row[i]).Take(count)
                .Select(i => new Guess(i < network.ClassNames.Count ? network.ClassNames[i] : $"{i}", i, row[i])),
        ];
    }
}
