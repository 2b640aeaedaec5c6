<p>header</p>
