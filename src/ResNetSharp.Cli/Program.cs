using System.Text;
using ResNetSharp.Cli;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
return new CommandLine(Console.Out, Console.Error, isTerminal: !Console.IsOutputRedirected).Run(args);
